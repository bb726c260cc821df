import type { EntityKind } from './words/entities';

export type TermKind =
  'word' | 'function' | 'number' | 'ordinal' | 'unit' | 'date' | 'version' | 'code' | 'link' | 'entity' | 'symbol';

/** One or more tokens in the form in which they are compared: `5 mi` and `five miles` have the same terms. */
export interface Term {
  readonly key: string;
  readonly kind: TermKind;
  readonly raw: string; // as it was written
  /** Written with a capital that its place does not explain. */
  readonly named: boolean;
  readonly quoted: boolean;
  readonly entity?: EntityKind;
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
