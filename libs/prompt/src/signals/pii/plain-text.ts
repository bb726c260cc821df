import { INVISIBLE } from '../invisible';

/** A text with other spellings of ASCII undone, and where each of its characters stands in the text as it was written. */
export interface PlainText {
  readonly text: string;
  /** UTF-16 offsets in the text as written, the end exclusive, of a range of the plain one that is not empty. */
  readonly written: (start: number, end: number) => { readonly start: number; readonly end: number };
}

// eslint-disable-next-line no-control-regex -- ASCII without `%` and backslash, which is plain
const MAY_BE_SPELLED = /[^\x00-\x24\x26-\x5b\x5d-\x7f]/;
/** `%40` of URLs, `\u0040` of JSON inside of a string. */
const ESCAPED = /%40|\\u00[2-7][0-9A-Fa-f]/y;
const DROPPED = 0;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const AT_SIGN = 0x40;

/** The UTF-16 unit that each one stands for: full-width forms, spaces and hyphens that do not break; none for invisible ones. */
const PLAIN = plainUnits();

function plainUnits(): Uint16Array {
  const invisible = new RegExp(`[${INVISIBLE}]`, 'u');
  const units = Uint16Array.from({ length: 0x1_0000 }, (_, code) => code);
  for (let code = 0x80; code < units.length; code++) {
    if (invisible.test(String.fromCharCode(code))) units[code] = DROPPED;
  }
  for (let code = 0xff01; code <= 0xff5e; code++) units[code] = code - 0xfee0; // `!` to `~`
  units[0xfe6b] = AT_SIGN; // small form
  for (const space of [0xa0, 0x202f, 0x3000]) units[space] = 0x20;
  for (const hyphen of [0x2010, 0x2011]) units[hyphen] = 0x2d;
  return units;
}

/** `null` where the text is plain already. Each character becomes one or none, so that places stay exact. Linear in its length. */
export function plainText(text: string): PlainText | null {
  if (!MAY_BE_SPELLED.test(text)) return null;
  const units = new Uint16Array(text.length);
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  let length = 0;
  let changed = false;
  for (let start = 0, end: number; start < text.length; start = end) {
    const code = text.charCodeAt(start);
    end = endOf(text, start, code);
    const unit = plainUnit(text, start, end, code);
    changed ||= unit !== code;
    if (unit === DROPPED) continue;
    units[length] = unit;
    starts[length] = start;
    ends[length++] = end;
  }
  if (!changed) return null;
  const plain = Buffer.from(units.buffer, 0, length * units.BYTES_PER_ELEMENT).toString('utf16le');
  return { text: plain, written: (start, end) => ({ start: starts[start] ?? 0, end: ends[end - 1] ?? 0 }) };
}

/** Behind the character at `start`, however it is spelled. */
function endOf(text: string, start: number, code: number): number {
  if (code === PERCENT || code === BACKSLASH) {
    ESCAPED.lastIndex = start;
    return ESCAPED.test(text) ? ESCAPED.lastIndex : start + 1;
  }
  return isTag(text, start, code) ? start + 2 : start + 1;
}

function plainUnit(text: string, start: number, end: number, code: number): number {
  if (end === start + 1) return PLAIN[code] ?? code;
  if (code === PERCENT) return AT_SIGN;
  return code === BACKSLASH ? Number.parseInt(text.slice(start + 2, end), 16) : DROPPED;
}

/** U+E0000 to U+E007F, as a pair of surrogates. */
function isTag(text: string, at: number, code: number): boolean {
  if (code !== 0xdb40) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdc7f;
}
