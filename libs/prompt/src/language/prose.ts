/** Characters in which prose is looked for; what comes later tells no more. */
const SEARCHED_CHARACTERS = 4_000;
/** Prose that is enough to tell a language, in characters. */
const PROSE_CHARACTERS = 400;
/** Of a line, to see whether it is code: bounds the work of a pattern on a line without end, in characters. */
const LOOKED_AT = 160;

const CODE_BLOCK = /```[\s\S]*?(?:```|$)/g;
const INLINE_CODE = /`[^`\n]{1,200}`/g;
const WEB_ADDRESS = /\b(?:https?:\/\/|www\.)\S+/g;
const MAIL_ADDRESS = /(?<!\S)[\w.+-]{1,64}@[\w.-]{1,100}/g;
const MARKUP = /<\/?[A-Za-z][^<>\n]{0,200}>/g;

/** Each is a sign of a line of code; prose that has one is lost, which does no harm as long as other lines have none. */
const CODE_SIGNS = [
  /[{}]\s*$|[\w)\]'"];\s*$/,
  /^\s*(?:def|class|import|from|function|const|let|var|return|if|for|while|public|private|static|fn|func|using|export|async)\b.*[(){}=;:<>*"'].*$/,
  /^\s*(?:SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|GROUP BY)\b.*[(=*,.<>].*$/,
  /^\s*(?:\/\/|#!|#include|\$ |>>> |@\w+$)/,
  /=>|[=!<>+-]=|::|\w\(\)|\w\.\w+\(/,
  /^\s*[\w.[\]"']{1,40}\s*=\s*\S/,
  /^\s*[\w.]{0,60}(?:Error|Exception):/,
];
const isCode = (line: string): boolean => CODE_SIGNS.some((sign) => sign.test(line.slice(0, LOOKED_AT)));

/** What a person wrote in words: at most 400 characters without code, addresses and markup. */
export function proseOf(text: string): string {
  const start = text
    .slice(0, SEARCHED_CHARACTERS)
    .replace(CODE_BLOCK, '\n')
    .replace(INLINE_CODE, ' ')
    .replace(WEB_ADDRESS, ' ')
    .replace(MAIL_ADDRESS, ' ')
    .replace(MARKUP, ' ');
  let prose = '';
  let inCode = false;
  for (const line of start.split('\n')) {
    if (line.trim() === '') continue;
    inCode = isCode(line) || (inCode && /^\s/.test(line)); // an indented line belongs to the code above it
    if (!inCode) prose += `${line} `;
    if (prose.length >= PROSE_CHARACTERS) break;
  }
  return prose.slice(0, PROSE_CHARACTERS);
}
