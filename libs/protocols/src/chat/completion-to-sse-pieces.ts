/** Longest run of letters that counts as one word; what is longer (base64, no blanks at all) is cut. About four tokens. */
const MAX_WORD_CHARS = 16;
/** From here on (CJK radicals, ideographs, kana, Hangul, emoji) a character is a token of its own, more or less. */
const FIRST_WIDE_CODE = 0x2e80;
/** Room in which a grapheme cluster has to end, in UTF-16 units; the longest emoji have about 30. A longer one may be cut. */
const MAX_CLUSTER_CHARS = 64;

const BLANK = 0x20;
const CARRIAGE_RETURN = 0x0d;

/**
 * Ranges of characters that never belong to one cluster: Latin, kana without their marks, ideographs, Hangul syllables. Other texts
 * are asked of the segmenter, which takes 5 µs a cut (Unicode 17, GraphemeBreakProperty.txt).
 */
const SEPARATE: readonly (readonly [first: number, last: number])[] = [
  [0x0000, 0x02ff],
  [0x3041, 0x3096],
  [0x309b, 0x9fff],
  [0xac00, 0xd7a3],
];

const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The text in pieces of about one token: a word with the blanks before it, or a wide character. Each has at least `atLeast`
 * UTF-16 units, the last one excepted, and ends where a grapheme cluster ends (Unicode UAX 29). Joined they are the text.
 */
export function textPieces(text: string, atLeast: number): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    const to = clusterEnd(text, from, wordEnd(text, from, atLeast));
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}

function wordEnd(text: string, from: number, atLeast: number): number {
  const limit = Math.min(text.length, from + atLeast - 1 + MAX_WORD_CHARS);
  let at = from;
  while (at < limit && text.charCodeAt(at) <= BLANK) at++;
  at = Math.max(at + 1, from + atLeast);
  while (at < limit && isInsideWord(text.charCodeAt(at))) at++;
  return Math.min(at, limit);
}

const isInsideWord = (code: number): boolean => code > BLANK && code < FIRST_WIDE_CODE;

/** The first end of a cluster at `cut` or behind it. */
function clusterEnd(text: string, from: number, cut: number): number {
  if (cut >= text.length) return text.length;
  if (isSeparate(text.charCodeAt(cut - 1)) && isSeparate(text.charCodeAt(cut))) return cut;
  const window = text.slice(from, endOfCodePoint(text, cut + MAX_CLUSTER_CHARS));
  const cluster = clusters.segment(window).containing(cut - from);
  if (!cluster || cluster.index === cut - from) return cut;
  return from + cluster.index + cluster.segment.length;
}

const isSeparate = (code: number): boolean =>
  code !== CARRIAGE_RETURN && SEPARATE.some(([first, last]) => code >= first && code <= last);

function endOfCodePoint(text: string, at: number): number {
  const isSplit = at < text.length && (text.codePointAt(at - 1) ?? 0) > 0xffff;
  return isSplit ? at + 1 : at;
}
