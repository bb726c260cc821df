const UNITS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(' ');
const ROMAN = 'ii iii iv vi vii viii ix xi xii xiii xiv xv'.split(' ');
const ROMAN_VALUES = [2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 15];

/** Number words below a hundred, in English; German, French and Spanish up to ten, where no English word is spelled alike. */
export const SMALL: ReadonlyMap<string, number> = new Map([
  ...UNITS.map((word, value) => [word, value] as const),
  ...TENS.map((word, index) => [word, 20 + 10 * index] as const),
  ['dozen', 12] as const,
  ...Object.entries({ zwei: 2, drei: 3, vier: 4, fünf: 5, sechs: 6, sieben: 7, acht: 8, neun: 9, zehn: 10 }),
  ...Object.entries({ deux: 2, trois: 3, quatre: 4, cinq: 5, sept: 7, huit: 8, neuf: 9, dix: 10 }),
  ...Object.entries({ dos: 2, tres: 3, cuatro: 4, cinco: 5, seis: 6, siete: 7, ocho: 8, nueve: 9, diez: 10 }),
]);
export const SCALES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    hundred: 100,
    thousand: 1e3,
    k: 1e3,
    lakh: 1e5,
    lakhs: 1e5,
    million: 1e6,
    mn: 1e6,
    crore: 1e7,
    crores: 1e7,
    billion: 1e9,
    bn: 1e9,
    trillion: 1e12,
  }),
);
export const ORDINAL: ReadonlyMap<string, number> = new Map(ORDINALS.map((word, index) => [word, index + 1]));
/** Without those that are words or letters of their own: i, v, x, c, d, l, m. */
export const ROMAN_NUMERALS: ReadonlyMap<string, number> = new Map(
  ROMAN.map((word, index) => [word, ROMAN_VALUES[index] ?? 0]),
);
