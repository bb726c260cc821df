import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { isoOf, localInput } from '../../../state/period';

const DAY_MS = 86_400_000;

const CHOICES = [
  { value: 'never', label: 'Never' },
  { value: '1', label: 'In a day' },
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: 'date', label: 'At …' },
];

/** A key that was to expire must not come to live for ever because a field was left empty. */
export const NOT_CHOSEN = '';

interface ExpiryFieldProps {
  readonly value: string | null; // ISO 8601; null: never; NOT_CHOSEN: at a time that is still to be named
  readonly onChange: (expiresAt: string | null) => void;
}

/** When a key stops working by itself. */
export function ExpiryField({ value, onChange }: ExpiryFieldProps) {
  const [choice, setChoice] = useState(value === null ? 'never' : 'date');
  const choose = (next: string | null): void => {
    setChoice(next ?? 'never');
    const days = Number(next);
    if (next === null || next === 'never') onChange(null);
    else if (days > 0) onChange(new Date(Date.now() + days * DAY_MS).toISOString());
    else onChange(value ?? NOT_CHOSEN);
  };
  return (
    <div className="field-row">
      <Select label="Expires" data={CHOICES} value={choice} allowDeselect={false} onChange={choose} />
      {choice === 'never' ? null : (
        <TextInput
          label="At"
          type="datetime-local"
          required
          value={localInput(value || null)}
          onChange={(event) => {
            setChoice('date');
            onChange(isoOf(event.currentTarget.value) ?? NOT_CHOSEN);
          }}
        />
      )}
    </div>
  );
}
