/**
 * Kinds of characters that tokenizers treat differently. `runsOver` is the length beyond which a run of the kind costs extra:
 * a word of that many letters is often one token, single spaces belong to the word after them, digits go in threes.
 */
export const CHAR_CLASSES = [
  { name: 'other', runsOver: 0 },
  { name: 'space', runsOver: 1 },
  { name: 'line', runsOver: 1 },
  { name: 'lower', runsOver: 6 },
  { name: 'upper', runsOver: 1 },
  { name: 'latin', runsOver: 1 }, // letters with diacritics
  { name: 'digit', runsOver: 3 },
  { name: 'sign', runsOver: 1 }, // ASCII punctuation and symbols
  { name: 'cyrillic', runsOver: 6 },
  { name: 'greek', runsOver: 4 },
  { name: 'arabic', runsOver: 4 },
  { name: 'hebrew', runsOver: 4 },
  { name: 'devanagari', runsOver: 4 },
  { name: 'indic', runsOver: 4 }, // the other scripts of India and Sri Lanka
  { name: 'thai', runsOver: 4 }, // and Lao, Burmese, Khmer: no spaces between words
  { name: 'caucasian', runsOver: 4 }, // Armenian and Georgian
  { name: 'han', runsOver: 2 },
  { name: 'kana', runsOver: 2 },
  { name: 'hangul', runsOver: 2 },
  { name: 'wide', runsOver: 1 }, // punctuation beyond ASCII, full-width forms, arrows, mathematical signs
  { name: 'astral', runsOver: 2 }, // surrogates: emoji, mostly
] as const;

type ClassName = (typeof CHAR_CLASSES)[number]['name'];

/** First and last UTF-16 code unit, and what is there; later lines win. */
const RANGES: readonly (readonly [first: number, last: number, name: ClassName])[] = [
  [0x00, 0x20, 'space'],
  [0x0a, 0x0d, 'line'],
  [0x21, 0x7e, 'sign'],
  [0x30, 0x39, 'digit'],
  [0x41, 0x5a, 'upper'],
  [0x61, 0x7a, 'lower'],
  [0x80, 0xbf, 'wide'],
  [0xc0, 0x24f, 'latin'],
  [0x250, 0x2ff, 'other'],
  [0x300, 0x36f, 'latin'], // combining marks
  [0x370, 0x3ff, 'greek'],
  [0x400, 0x52f, 'cyrillic'],
  [0x530, 0x58f, 'caucasian'],
  [0x590, 0x5ff, 'hebrew'],
  [0x600, 0x77f, 'arabic'],
  [0x900, 0x97f, 'devanagari'],
  [0x980, 0xdff, 'indic'],
  [0xe00, 0x109f, 'thai'],
  [0x10a0, 0x10ff, 'caucasian'],
  [0x1100, 0x11ff, 'hangul'],
  [0x1780, 0x17ff, 'thai'],
  [0x1e00, 0x1eff, 'latin'], // Vietnamese
  [0x1f00, 0x1fff, 'greek'],
  [0x2000, 0x2bff, 'wide'],
  [0x2e80, 0x2fff, 'han'],
  [0x3000, 0x303f, 'wide'],
  [0x3040, 0x31ff, 'kana'],
  [0x3200, 0x33ff, 'wide'],
  [0x3400, 0x9fff, 'han'],
  [0xac00, 0xd7af, 'hangul'],
  [0xd800, 0xdfff, 'astral'],
  [0xf900, 0xfaff, 'han'],
  [0xfb50, 0xfdff, 'arabic'],
  [0xfe00, 0xfe0f, 'astral'], // variation selectors, behind emoji
  [0xfe70, 0xfeff, 'arabic'],
  [0xff00, 0xffef, 'wide'],
];

/** The class of every UTF-16 code unit, as an index of `CHAR_CLASSES`: 64 KiB. */
export const CLASS_OF: Uint8Array = tableOf(RANGES);

function tableOf(ranges: typeof RANGES): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (const [first, last, name] of ranges) {
    const index = CHAR_CLASSES.findIndex((kind) => kind.name === name);
    table.fill(index, first, last + 1);
  }
  return table;
}
