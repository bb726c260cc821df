import { InvalidArgumentError } from 'commander';

/** Reads a whole number from 1 to `max` out of an argument. */
export function countUpTo(max: number): (text: string) => number {
  return (text) => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (count < 1 || count > max) throw new InvalidArgumentError(`A whole number from 1 to ${max}.`);
    return count;
  };
}
