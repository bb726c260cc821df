import type { PiiDetector } from './pii-detector';

const BEGINNING = 'eyJ'; // {" in base64url
const RUN = /[\w-]*/y; // base64url
const MAX_HEADER_CHARS = 8_192;

/** JSON Web Tokens in compact form (RFC 7519): three parts, of which the first decodes to a header that names an algorithm. */
export const findJwts: PiiDetector = (text, found) => {
  for (let start = text.indexOf(BEGINNING); start !== -1;) {
    const header = runEnd(text, start);
    const end = /[\w-]/.test(text.charAt(start - 1)) ? null : tokenEnd(text, header);
    if (end !== null && isHeader(text.slice(start, header))) found(start, end);
    start = text.indexOf(BEGINNING, header);
  }
};

/** The end of a token whose header ends at `header`; null if no two parts follow. */
function tokenEnd(text: string, header: number): number | null {
  if (text.charAt(header) !== '.') return null;
  const payload = runEnd(text, header + 1);
  if (payload === header + 1 || text.charAt(payload) !== '.') return null;
  return runEnd(text, payload + 1); // the signature may be empty: RFC 7519, 6
}

function runEnd(text: string, from: number): number {
  RUN.lastIndex = from;
  RUN.test(text);
  return RUN.lastIndex;
}

function isHeader(encoded: string): boolean {
  if (encoded.length > MAX_HEADER_CHARS) return false;
  const text = Buffer.from(encoded, 'base64url').toString('utf8');
  if (!text.includes('"alg"')) return false; // a failed parse costs some 13 µs, and hostile texts hold many headers
  try {
    const header: unknown = JSON.parse(text);
    return typeof header === 'object' && header !== null && 'alg' in header;
  } catch {
    return false;
  }
}
