const WORDS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!' };

interface Hint {
  readonly found: string;
  readonly allowed: string;
}

/** What other languages write otherwise than CEL, at the place where a condition could not be read on; `null` for anything else. */
export function syntaxHint(text: string, at: number): Hint | null {
  const [before, rest] = [text.slice(0, at), text.slice(at)];
  if (rest.startsWith('=')) return { found: before.endsWith('==') ? '===' : '=', allowed: '== for comparison' };
  if (rest.startsWith('>') && before.endsWith('<')) return { found: '<>', allowed: '!= for "is not"' };
  if (rest.startsWith('&')) return { found: '&', allowed: '&& for "and"' };
  if (rest.startsWith('|')) return { found: '|', allowed: '|| for "or"' };
  return wordHint(/^[A-Za-z]+/.exec(rest)?.[0]) ?? wordHint(/([A-Za-z]+)\s*$/.exec(before)?.[1]);
}

function wordHint(word = ''): Hint | null {
  const operator = Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined;
  return operator === undefined ? null : { found: `"${word}"`, allowed: `${operator} for "${word.toLowerCase()}"` };
}
