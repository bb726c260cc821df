/**
 * Written by `npm run train -- pairs`: trained with the built-in embedder on half of the intents of Banking77 (CC BY 4.0) and CLINC150
 * (CC BY 3.0), asked one after the other; a weight for each of `PAIR_FEATURES`, then for each of the surroundings.
 */
// prettier-ignore
export const PAIR_WEIGHTS: readonly number[] = [
  0, // cosine
  0.156, // cosine above 0.8
  1.595, // content words
  2.32, // letter trigrams
];
export const PAIR_BIAS = -3.557;
export const SURROUNDINGS_WEIGHTS = {
  support: 0.369,
  lead: 15.394,
  record: 3.203,
} as const;
