import { InvalidArgumentError } from 'commander';

/** A parser of an option cannot give null itself. */
export type Amount = number | 'off';

/** `5%` or `0.05`, as a share; percentages without their sign are too easily mistaken. */
export function parseShare(text: string): number {
  const [, digits, sign] = /^(\d{1,4}(?:\.\d{1,6})?)(%?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('allowed: a share such as 5% or 0.05');
  return sign === '%' ? Number((Number(digits) / 100).toFixed(8)) : Number(digits);
}

/** The same, or `off`. */
export const parseAmount = (text: string): Amount => (text === 'off' ? text : parseShare(text));
