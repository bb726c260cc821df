import { formatUsd } from '../format/money';

interface MoneyProps {
  readonly usd: string | null; // a decimal string; null: no price is known
}

/** Rounded to what can be read; hovering tells it exactly. */
export function Money({ usd }: MoneyProps) {
  return (
    <span className="numeric" title={usd === null ? 'No price is known' : `${usd} USD`}>
      {formatUsd(usd)}
    </span>
  );
}
