/** Where a string stands in a JSON text. */
export interface JsonStringPlace {
  readonly topKey: string | null; // the member of the outermost object it belongs to
  readonly key: string | null; // the nearest member name before it; null in arrays at the top
  readonly isKey: boolean;
}

/** Replaces what lies between strings: numbers, literals, punctuation. Gets and gives JSON text. */
type OtherMapper = (json: string) => string;

const BACKSLASH = 0x5c;

/**
 * The JSON text with its strings mapped; every other byte, and every string that `map` gives back as it was, stays as written. Reads
 * the text once and keeps no tree, so depth does not matter. The text must be valid JSON; what is not comes out garbled or unchanged.
 */
export function mapJsonStrings(
  json: string,
  map: (value: string, place: JsonStringPlace) => string,
  mapOther: OtherMapper = (other) => other,
): string {
  let out = '';
  let depth = 0;
  let topKey: string | null = null;
  let key: string | null = null;
  let at = 0;
  for (let quote = json.indexOf('"'); quote !== -1; quote = json.indexOf('"', at)) {
    const other = json.slice(at, quote);
    depth += depthChange(other);
    const end = stringEnd(json, quote);
    const raw = json.slice(quote, end);
    const isKey = isFollowedByColon(json, end);
    if (isKey) {
      key = decoded(raw);
      if (depth === 1) topKey = key;
    }
    const value = isKey && key !== null ? key : decoded(raw);
    const mapped = value === null ? value : map(value, { topKey, key, isKey });
    out += mapOther(other) + (mapped === null || mapped === value ? raw : JSON.stringify(mapped));
    at = end;
  }
  return out + mapOther(json.slice(at));
}

function depthChange(punctuation: string): number {
  let change = 0;
  for (let i = 0; i < punctuation.length; i++) {
    const char = punctuation[i];
    if (char === '{' || char === '[') change++;
    else if (char === '}' || char === ']') change--;
  }
  return change;
}

/** Behind the closing quote; the end of the text if there is none. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = json.indexOf('"', at);
    if (quote === -1) return json.length;
    let backslashes = 0;
    while (json.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function isFollowedByColon(json: string, end: number): boolean {
  let at = end;
  while (json.charCodeAt(at) <= 0x20) at++;
  return json[at] === ':';
}

/** The value of a string as written; null if it is none. */
function decoded(raw: string): string | null {
  if (!raw.includes('\\')) return raw.slice(1, -1);
  try {
    return JSON.parse(raw) as string;
  } catch {
    return null;
  }
}
