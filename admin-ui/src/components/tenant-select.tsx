import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { tenantSearchQuery } from '../api/queries/relay.queries';
import { useUser } from '../auth/use-session';

const PAUSE_MS = 200; // between two keystrokes
const MOST_CHARS = 200; // that the relay searches for

interface TenantSelectProps extends Omit<
  SelectProps,
  'data' | 'value' | 'onChange' | 'searchable' | 'filter' | 'onSearchChange'
> {
  readonly value: string | null;
  readonly onChange: (tenant: string | null) => void;
}

/** One of all tenants. There may be more than are listed: what is typed is searched for by the relay. */
export function TenantSelect({ value, onChange, ...others }: TenantSelectProps) {
  const { tenant: own } = useUser();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim().slice(0, MOST_CHARS), PAUSE_MS);
  const search = tenantSearchQuery(q === value ? '' : q); // what was chosen stands where is typed
  const { data } = useQuery({ ...search, enabled: own === undefined, placeholderData: keepPreviousData });
  const found = own === undefined ? (data ?? []) : [own];
  return (
    <Select
      {...others}
      data={value !== null && !found.includes(value) ? [value, ...found] : found}
      value={value}
      onChange={onChange}
      searchable
      filter={({ options }) => options}
      onSearchChange={setTyped}
      nothingFoundMessage="No such tenant"
    />
  );
}
