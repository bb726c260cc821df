/** Ranges of UTF-16 code units, and the language (ISO 639-1) that is written in them. Han is decided after kana. */
const RANGES: readonly (readonly [first: number, last: number, language: string])[] = [
  [0x0370, 0x03ff, 'el'],
  [0x0530, 0x058f, 'hy'],
  [0x0590, 0x05ff, 'he'],
  [0x0980, 0x09ff, 'bn'],
  [0x0a00, 0x0a7f, 'pa'],
  [0x0a80, 0x0aff, 'gu'],
  [0x0b80, 0x0bff, 'ta'],
  [0x0c00, 0x0c7f, 'te'],
  [0x0c80, 0x0cff, 'kn'],
  [0x0d00, 0x0d7f, 'ml'],
  [0x0e00, 0x0e7f, 'th'],
  [0x0e80, 0x0eff, 'lo'],
  [0x10a0, 0x10ff, 'ka'],
  [0x1100, 0x11ff, 'ko'],
  [0x1200, 0x137f, 'am'],
  [0x3040, 0x30ff, 'ja'],
  [0x3400, 0x9fff, 'zh'],
  [0xac00, 0xd7af, 'ko'],
];
/** A character of these says about as much as three letters of an alphabet. */
const DENSE = new Set(['ja', 'zh', 'ko']);
const DENSITY = 3;
/** Share of kana among kana and Han from which a text is Japanese: Chinese texts quote a character at most. */
const KANA_SHARE = 0.1;

/** Languages that the letters of a text belong to by their script, most letters first; `shared`: a script of many languages. */
export function scriptsOf(text: string): string[] {
  const counts = countLetters(text);
  mergeJapanese(counts);
  const found = [...counts].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  return found.map(([language]) => language);
}

function countLetters(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < text.length; i++) {
    const language = languageOf(text.charCodeAt(i));
    if (language === 'none') continue;
    counts.set(language, (counts.get(language) ?? 0) + (DENSE.has(language) ? DENSITY : 1));
  }
  return counts;
}

function mergeJapanese(counts: Map<string, number>): void {
  const kana = counts.get('ja') ?? 0;
  const han = counts.get('zh') ?? 0;
  if (kana === 0 || han === 0) return;
  const japanese = kana >= KANA_SHARE * (kana + han);
  counts.set('ja', japanese ? kana + han : 0);
  counts.set('zh', japanese ? 0 : kana + han);
}

function languageOf(code: number): string {
  if (code < 0x250) return isLatin(code) ? 'shared' : 'none';
  for (const [first, last, language] of RANGES) if (code >= first && code <= last) return language;
  const lettersOfManyLanguages = (code >= 0x400 && code < 0x980) || (code >= 0x1e00 && code < 0x1f00);
  return lettersOfManyLanguages ? 'shared' : 'none'; // Cyrillic, Arabic, Devanagari; Latin of Vietnamese
}

function isLatin(code: number): boolean {
  const letter = code | 32;
  return (letter >= 97 && letter <= 122) || (code >= 0xc0 && code !== 0xd7 && code !== 0xf7);
}
