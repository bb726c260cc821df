import { addRunCounts, RUN_COUNTS } from './run-counts';
import { TOKEN_WEIGHTS } from './token-weights';

/** Characters that are read of a text, at most; longer ones are sampled. */
const MAX_READ_CHARS = 65_536;
const PIECES = 32;
const PIECE_CHARS = MAX_READ_CHARS / PIECES;

const weights = Float64Array.from(TOKEN_WEIGHTS);
const counts = new Float64Array(RUN_COUNTS);

/**
 * About how many tokens a text has, as o200k_base counts them: a whole number, 0 for an empty text. A linear model over runs of
 * characters of one kind, fitted by `npm run train -- tokens`. Of texts above 64 Ki characters 32 pieces are read, from the first
 * to the last at equal distances: what differs from piece to piece adds to the error (see the spec for how much).
 */
export function estimateTokens(text: string): number {
  const { length } = text;
  if (length === 0) return 0;
  counts.fill(0);
  if (length <= MAX_READ_CHARS) addRunCounts(text, 0, length, counts);
  else {
    const step = (length - PIECE_CHARS) / (PIECES - 1);
    for (let piece = 0; piece < PIECES; piece++) {
      const from = Math.floor(piece * step);
      addRunCounts(text, from, from + PIECE_CHARS, counts);
    }
  }
  const scale = length > MAX_READ_CHARS ? length / MAX_READ_CHARS : 1;
  return Math.max(1, Math.round(tokensOf(counts) * scale));
}

function tokensOf(runs: Float64Array): number {
  let tokens = 0;
  for (let i = 0; i < RUN_COUNTS; i++) tokens += (runs[i] ?? 0) * (weights[i] ?? 0);
  return tokens;
}
