import type { Token } from './tokens';

const LONGEST_IN_SINGLE = 40; // tokens: of two marks further apart one is an apostrophe

/** Tokens between two quotation marks, double or single (`'` is a backtick as well); a mark without its pair quotes nothing. */
export function quotedTokens(tokens: readonly Token[]): boolean[] {
  const quoted: boolean[] = new Array<boolean>(tokens.length).fill(false);
  let open = -1;
  let openSingle = -1;
  tokens.forEach(({ raw }, at) => {
    if (raw === '"') {
      if (open >= 0) quoted.fill(true, open + 1, at);
      open = open < 0 ? at : -1;
    } else if (raw === "'") {
      if (openSingle >= 0 && at - openSingle <= LONGEST_IN_SINGLE && closes(tokens, at)) {
        quoted.fill(true, openSingle + 1, at);
        openSingle = -1;
      } else if (opens(tokens, at)) openSingle = at;
    }
  });
  return quoted;
}

/** Before a word and after none: not that of `dogs' food`, `5'11` or of a fence. */
function opens(tokens: readonly Token[], at: number): boolean {
  const [last, next] = [tokens[at - 1], tokens[at + 1]];
  if (next?.glued !== true || next.raw === "'") return false;
  return tokens[at]?.glued !== true || (last?.kind === 'symbol' && last.raw !== "'");
}

/** After a word and before none. */
function closes(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1];
  return tokens[at]?.glued === true && tokens[at - 1]?.raw !== "'" && (next?.glued !== true || next.kind === 'symbol');
}
