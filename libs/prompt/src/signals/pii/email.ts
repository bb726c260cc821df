import type { PiiDetector } from './pii-detector';

const MAX_LOCAL_CHARS = 64; // RFC 5321, 4.5.3.1.1
const MAX_DOMAIN_CHARS = 253; // RFC 1035, 2.3.4, as written
/** Scripts with spaces between words: in others an address would swallow the words around it. */
const LETTER = '\\p{sc=Latin}\\p{sc=Cyrillic}\\p{sc=Greek}';
const LOCAL_CHAR = new RegExp(`[${LETTER}\\p{N}.!#$%&'*+/=?^_\`{|}~-]`, 'u');
const LABEL = `[${LETTER}\\p{N}](?:[${LETTER}\\p{N}-]{0,61}[${LETTER}\\p{N}])?`;
const DOMAIN = new RegExp(`^(?:${LABEL}\\.){1,10}(?:xn--[a-z0-9-]{2,59}|[${LETTER}]{2,63})`, 'u');
/** `logo@2x.png` is a file. */
const FILE_NAME = /^\d+x\.[a-z]{3,4}$/i;
/** What stands around an address rather than in it: quotes, `to=`, the end of a path. */
const WRAPPING = /^(?:.*[/=|`{?#!$&*^])?[.'-]*/;

/** Addresses as people write them: a dot-atom before the `@`, a domain with a top-level name behind it. */
export const findEmails: PiiDetector = (text, found) => {
  let passed = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    // The slice bounds what the pattern may walk over.
    const name = domainOf(text.slice(at + 1, at + 1 + MAX_DOMAIN_CHARS + 1));
    if (name === null || FILE_NAME.test(name)) continue;
    const start = localStart(text, at, passed);
    const end = at + 1 + name.length;
    if (start === at || isGitRemote(text, start, end)) continue;
    found(start, end);
    passed = end;
    at = end - 1;
  }
};

/** The domain that the text begins with; null if there is none. */
const domainOf = (text: string): string | null => DOMAIN.exec(text)?.[0] ?? null;

/** Where the part before the `@` begins; the place of the `@` if there is none that could be one. */
function localStart(text: string, at: number, passed: number): number {
  let start = at;
  const least = Math.max(passed, at - MAX_LOCAL_CHARS);
  while (start > least && LOCAL_CHAR.test(text.charAt(start - 1))) start--;
  const local = text.slice(start, at);
  const name = local.replace(WRAPPING, '');
  return name === '' || local.endsWith('.') || name.includes('..') ? at : at - name.length;
}

/** `git@github.com:owner/repo` names a server, nobody. */
function isGitRemote(text: string, start: number, end: number): boolean {
  return text.startsWith('git@', start) && text.charAt(end) === ':';
}
