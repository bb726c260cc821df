import { CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useShortcuts } from '../state/shortcuts';

/** Typing rests so long before it is searched for, in ms. */
const REST_MS = 250;

interface SearchFieldProps {
  readonly value: string;
  readonly placeholder: string;
  readonly slash?: boolean; // the first of several is led to
  readonly onSearch: (text: string) => void;
}

/** Searches when typing rests; slash leads to it. */
export function SearchField({ value, placeholder, slash = true, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const latest = useRef(onSearch);
  latest.current = onSearch;
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => latest.current(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text, value]);
  useShortcuts(slash ? [{ keys: '/', what: 'Search', run: () => field.current?.focus() }] : []);
  return (
    <TextInput
      ref={field}
      className="search-field"
      size="xs"
      aria-label={placeholder}
      placeholder={placeholder}
      maxLength={200}
      leftSection={<IconSearch size={15} />}
      rightSection={
        text === '' ? (
          slash ? (
            <kbd aria-hidden="true">/</kbd>
          ) : null
        ) : (
          <CloseButton size={24} aria-label="Clear" onClick={() => setText('')} />
        )
      }
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}
