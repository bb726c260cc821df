import type { EntityKind } from './words/entities';

export type TermKind =
  | 'word'
  | 'function'
  | 'number'
  | 'ordinal'
  | 'unit'
  | 'date'
  | 'version'
  | 'code'
  | 'link'
  | 'entity'
  | 'operator'
  | 'sign'
  | 'symbol';

/** One or more tokens in the form in which they are compared: `5 mi` and `five miles` have the same terms. */
export interface Term {
  /**
   * What is compared: `@red` what a list names, however it is spelt; `n:5` a number, `o:3` an ordinal, `u:km` a unit, `v:3.11` a version,
   * `d:…` `w:…` `t:…` a date, a weekday, a time of day; `s:-` an operator; a sign with what bears it, as `o-`; the stem of a word; anything
   * else as it stands, in small letters.
   */
  readonly key: string;
  readonly kind: TermKind;
  readonly raw: string; // as it was written
  /** Written with a capital that its place does not explain. */
  readonly named: boolean;
  readonly quoted: boolean;
  readonly kinds?: readonly EntityKind[]; // of an entity: what it is
}

/** What a reader found: its terms, and how many tokens they take. */
export interface Found {
  readonly terms: readonly Term[];
  readonly tokens: number;
}

export const term = (key: string, kind: TermKind, raw: string): Term => ({
  key,
  kind,
  raw,
  named: false,
  quoted: false,
});

const SIGNS: ReadonlySet<TermKind> = new Set<TermKind>(['operator', 'sign', 'symbol']);
/** What is no word, number or name. */
export const isSign = (kind: TermKind): boolean => SIGNS.has(kind);
