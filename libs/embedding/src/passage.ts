import { normalise } from './normalise';

/** What all sentence encoders read at once; the built-in one reads 128 tokens. In characters. */
const PIECE_CHARS = 400;
/** Of a longer text the rest is left out. */
const MAX_PIECES = 8;

/** The text in pieces that end between words; none of nothing but white space. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let rest = text.trim();
  while (rest !== '' && pieces.length < MAX_PIECES) {
    const end = rest.length <= PIECE_CHARS ? rest.length : endOfWord(rest);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return pieces;
}

/** A piece without any white space is cut where it must be. */
function endOfWord(text: string): number {
  for (let at = PIECE_CHARS; at > 0; at--) if (/\s/.test(text.charAt(at))) return at;
  return PIECE_CHARS;
}

/** The mean of the pieces' vectors, long pieces counting more. `null` if one of them has none: it might be what matters. */
export function meanOf(pieces: readonly string[], vectors: readonly (Float32Array | null)[]): Float32Array | null {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const [index, vector] of vectors.entries()) {
    if (vector?.length !== sum.length) return null;
    const weight = pieces[index]?.length ?? 0;
    for (const [dimension, value] of vector.entries()) sum[dimension] = (sum[dimension] ?? 0) + weight * value;
  }
  return normalise(sum);
}
