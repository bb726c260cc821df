/** Written by `npm run train -- tokens`: tokens for each run, character, and character beyond the usual length, by class. */
// prettier-ignore
export const TOKEN_WEIGHTS: readonly number[] = [
  0, 0, 0, // other
  0.2893, 0, 0, // space
  0.2125, 0, 0, // line
  0.2325, 0.1443, 0, // lower
  0.0025, 0.0884, 0.1535, // upper
  0.6353, 0, 0, // latin
  1.8365, 0, 0.4145, // digit
  0.4356, 0.2322, 0.1774, // sign
  1.4425, 0, 0, // cyrillic
  1.1252, 0.089, 0.1993, // greek
  0.3938, 0.2051, 0, // arabic
  0.1521, 0.0897, 1.2072, // hebrew
  0.2691, 0.1095, 0.8844, // devanagari
  0.9744, 0.0439, 0.3165, // indic
  9.3896, 0.1132, 0.1074, // thai
  0.3348, 0.1967, 0.2263, // caucasian
  0, 0, 0.9543, // han
  1.2241, 0.3478, 0.472, // kana
  0.3488, 0.5163, 0, // hangul
  0.6961, 0.6683, 0, // wide
  0.2553, 0.3044, 1.3288, // astral
  -0.2692, // words that tell English
];
