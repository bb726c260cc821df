/** What is decisive in a pair: in `same: false` pairs it differs, or stands in another place. */
export type AdversarialKind =
  | 'numbers'
  | 'units'
  | 'currencies'
  | 'dates'
  | 'versions'
  | 'entities'
  | 'near names' // spelled nearly alike
  | 'negation'
  | 'antonyms'
  | 'direction'
  | 'quoted'
  | 'ids'
  | 'signs';

/** A value in the forms in which people write it; the first stands in wordings of both sides of a swap. */
export type Filler = readonly string[];

/** Questions with `{x}`, and maybe `{y}` and `{c}`, in several wordings that ask the same. */
export interface SlotTemplate {
  readonly wordings: readonly string[];
  /** What is swapped: another x makes another question. */
  readonly x: readonly Filler[];
  /** `y` of a swap is another one of `x` if it is not given. */
  readonly y?: readonly Filler[];
  /** Context that both sides share. */
  readonly c?: readonly string[];
  /** `places`: x and y change places instead of x being replaced. */
  readonly swap?: 'places';
}

/** Questions that a word turns around: each of one list asks the same, none of one list the same as one of the other. */
export interface TurnTemplate {
  readonly asked: readonly string[];
  /** The wordings of `asked`, in their order, turned around. */
  readonly turned: readonly string[];
  readonly c: readonly string[];
}
