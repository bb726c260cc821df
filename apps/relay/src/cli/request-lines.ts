import { CliError } from './cli-error';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export type JsonObject = Record<string, Json>;

/** Requests of one call of the API. */
const MAX_PIECE_REQUESTS = 1_000;
/** Of one call: the control plane takes bodies of 1 MiB. */
const MAX_PIECE_BYTES = 900_000;

/** Requests, and where each of them stands in the file. */
interface RequestPiece {
  readonly requests: JsonObject[];
  readonly lines: number[]; // from 1
}

/** The requests of a JSONL file, in pieces that the API takes. A line that is no request is told with its number. */
export function requestPieces(text: string, file: string): RequestPiece[] {
  const pieces: RequestPiece[] = [];
  let piece: RequestPiece = { requests: [], lines: [] };
  let bytes = 0;
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    const size = Buffer.byteLength(line);
    if (size > MAX_PIECE_BYTES) throw new CliError(`${file}:${i + 1}: more than ${MAX_PIECE_BYTES} bytes`);
    if (piece.requests.length >= MAX_PIECE_REQUESTS || bytes + size > MAX_PIECE_BYTES) {
      pieces.push(piece);
      [piece, bytes] = [{ requests: [], lines: [] }, 0];
    }
    piece.requests.push(parseLine(line, `${file}:${i + 1}`));
    piece.lines.push(i + 1);
    bytes += size + 1;
  });
  if (piece.requests.length > 0) pieces.push(piece);
  return pieces;
}

function parseLine(line: string, place: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new CliError(`${place}: no JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new CliError(`${place}: no request: the body of a chat completion is allowed, one a line`);
}
