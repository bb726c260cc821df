import type { PiiDetector } from './pii-detector';

const HEADER = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
const FOOTER = /-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
const BEGIN = '-----BEGIN ';
const END = '-----END ';
const MAX_BODY_CHARS = 65_536; // an RSA key of 16384 bits takes 13 kB
/** Base64 and headers, also inside string literals, where line breaks are written `\n`. */
const BODY = /^[A-Za-z0-9+/=\s\\:,.()"'#*-]*$/;

/** Private keys in PEM (RFC 7468), OpenSSH's and PGP's included. */
export const findPrivateKeys: PiiDetector = (text, found) => {
  let footer = -1;
  let next: number;
  for (let begin = text.indexOf(BEGIN); begin !== -1; begin = next) {
    next = text.indexOf(BEGIN, begin + BEGIN.length);
    const body = endOfMatch(HEADER, text, begin);
    if (body === null) continue;
    if (footer < body) footer = text.indexOf(END, body);
    if (footer === -1) return; // no block ends from here on
    const end = endOfMatch(FOOTER, text, footer);
    // A block that begins before this one ends is looked at by itself, so that bodies never overlap.
    if (end === null || footer - body > MAX_BODY_CHARS || (next !== -1 && next < footer)) continue;
    if (BODY.test(text.slice(body, footer))) found(begin, end);
  }
};

function endOfMatch(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}
