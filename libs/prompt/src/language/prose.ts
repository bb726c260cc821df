/** Characters in which prose is looked for; what comes later tells no more. */
const SEARCHED_CHARACTERS = 4_000;
/** Prose that is enough to tell a language, in characters. */
const PROSE_CHARACTERS = 400;

const CODE_BLOCK = /```[\s\S]*?(?:```|$)/g;
const INLINE_CODE = /`[^`\n]{1,200}`/g;
const ADDRESS = /\b(?:https?:\/\/|www\.)\S+|\S+@\S+\.\S+/g;
const MARKUP = /<\/?[A-Za-z][^<>\n]{0,200}>/g;
const CODE_LINE =
  /[{};]\s*$|^\s*(?:def|class|import|from|function|const|let|var|return|if|for|while|public|private|static|#include|SELECT|FROM|WHERE|fn|func|package|using|export|async|at|File)\b[^.?!]*[(){}=;:,.<>*"'][^?!]*$|^\s*(?:\/\/|#!|\$ |>>> |@\w+)|=>|\w+\([^)\s]*\)\s*[;{:.]|\w+\.\w+\(|[=!<>+-]=|::|^\s*[\w.[\]"']+\s*=\s*\S|\w*(?:Error|Exception):/;

/** What a person wrote in words: at most 400 characters without code, addresses and markup. */
export function proseOf(text: string): string {
  const start = text
    .slice(0, SEARCHED_CHARACTERS)
    .replace(CODE_BLOCK, '\n')
    .replace(INLINE_CODE, ' ')
    .replace(ADDRESS, ' ')
    .replace(MARKUP, ' ');
  let prose = '';
  for (const line of start.split('\n')) {
    if (line.trim() === '' || CODE_LINE.test(line)) continue;
    prose += `${line} `;
    if (prose.length >= PROSE_CHARACTERS) break;
  }
  return prose.slice(0, PROSE_CHARACTERS);
}
