import { InvalidArgumentError } from 'commander';

/** `a,b` as a list; for options that name several. */
export function parseList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) throw new InvalidArgumentError('Names with commas between them.');
  return names;
}

/** The same, where `all` stands for no list at all. */
export function parseListOrAll(text: string): string[] | null {
  return text === 'all' ? null : parseList(text);
}
