/**
 * Written by `npm run train -- pairs`: trained with the built-in embedder on half of the intents of Banking77 (CC BY 4.0) and CLINC150
 * (CC BY 3.0), and on a quarter of the Quora question pairs; a weight for each of `PAIR_FEATURES`.
 */
// prettier-ignore
export const PAIR_WEIGHTS: readonly number[] = [
  0.175, // cosine
  0.758, // cosine above 0.8
  1.415, // content words
  1.385, // letter trigrams
];
export const PAIR_BIAS = -0.203;
