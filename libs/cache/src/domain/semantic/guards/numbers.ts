import type { Guard } from './guard';

const DIGITS = /^\d/;

/** Other numbers than were asked for. */
export const numbers: Guard = (asked, stored) => {
  const [a, b] = [asked, stored].map(({ tokens }) =>
    tokens.filter(({ word }) => DIGITS.test(word)).map(({ word }) => word),
  );
  const [left, right] = [a?.join(' ') ?? '', b?.join(' ') ?? ''];
  return left === right ? null : { asked: left, stored: right };
};
