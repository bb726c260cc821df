import { NumberInput } from '@mantine/core';

/** What the API takes at most. */
const LARGEST = 2_147_483_647;

interface LimitFieldProps {
  readonly label: string;
  readonly value: number | null; // null: no limit
  readonly onChange: (value: number | null) => void;
}

export function LimitField({ label, value, onChange }: LimitFieldProps) {
  return (
    <NumberInput
      label={label}
      placeholder="No limit"
      min={1}
      max={LARGEST}
      allowDecimal={false}
      allowNegative={false}
      hideControls
      thousandSeparator=","
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : null)}
    />
  );
}
