/** One member of the outermost object: byte offsets into the text, ends exclusive. */
export interface JsonMember {
  readonly key: string;
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * The members of a JSON object in the order written, duplicates included; null if the text is no object. Only the outermost
 * level is looked at, values are skipped: text already known to be valid JSON is assumed. Strings, where nearly all bytes of a
 * prompt are, are leapt over with `indexOf`.
 */
export function scanMembers(text: Buffer): JsonMember[] | null {
  let at = skipSpace(text, 0);
  if (text[at] !== OPEN_BRACE) return null;
  const members: JsonMember[] = [];
  at = skipSpace(text, at + 1);
  while (text[at] === QUOTE) {
    const keyEnd = skipString(text, at);
    const colon = skipSpace(text, keyEnd);
    if (text[colon] !== COLON) return null;
    const valueStart = skipSpace(text, colon + 1);
    const valueEnd = skipValue(text, valueStart);
    if (valueEnd <= valueStart) return null;
    members.push({ key: decodeKey(text, at, keyEnd), keyStart: at, valueStart, valueEnd });
    at = skipSpace(text, valueEnd);
    if (text[at] !== COMMA) break;
    at = skipSpace(text, at + 1);
  }
  return text[at] === CLOSE_BRACE ? members : null;
}

/** The end of the value that begins at `start`. */
export function skipValue(text: Buffer, start: number): number {
  const first = text[start];
  if (first === QUOTE) return skipString(text, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(text, start);
  let at = start;
  while (at < text.length && !endsScalar(text[at])) at++;
  return at;
}

export function skipSpace(text: Buffer, start: number): number {
  let at = start;
  while (isSpace(text[at])) at++;
  return at;
}

function skipString(text: Buffer, start: number): number {
  let quote = text.indexOf(QUOTE, start + 1);
  while (quote !== -1 && isEscaped(text, quote, start)) quote = text.indexOf(QUOTE, quote + 1);
  return quote === -1 ? text.length : quote + 1;
}

/** A quote is escaped if an odd number of backslashes stands before it. */
function isEscaped(text: Buffer, quote: number, stringStart: number): boolean {
  let backslashes = 0;
  for (let at = quote - 1; at > stringStart && text[at] === BACKSLASH; at--) backslashes++;
  return backslashes % 2 === 1;
}

function skipNested(text: Buffer, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const byte = text[at];
    if (byte === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    at++;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at;
  }
  return at;
}

function decodeKey(text: Buffer, start: number, end: number): string {
  const raw = text.toString('utf8', start + 1, end - 1);
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const endsScalar = (byte: number | undefined): boolean =>
  byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte);
