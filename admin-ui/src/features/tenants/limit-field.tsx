import { NumberField } from '../../components/number-field';

/** What the API takes at most. */
const LARGEST = 2_147_483_647;

interface LimitFieldProps {
  readonly label: string;
  readonly value: number | null; // null: no limit
  readonly onChange: (value: number | null) => void;
}

export function LimitField({ label, value, onChange }: LimitFieldProps) {
  return (
    <NumberField
      label={label}
      placeholder="No limit"
      min={1}
      max={LARGEST}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      value={value}
      onChange={onChange}
    />
  );
}
