import { InvalidArgumentError } from 'commander';

/** `a,b` as a list; for options that name several. */
export function parseList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) throw new InvalidArgumentError('Names with commas between them.');
  return names;
}

/** Names of models, where `all` stands for no list at all. (A parser of an option cannot give null itself.) */
export function modelsOf(names: readonly string[] | undefined): string[] | null | undefined {
  if (names === undefined) return undefined;
  return names.length === 1 && names[0] === 'all' ? null : [...names];
}
