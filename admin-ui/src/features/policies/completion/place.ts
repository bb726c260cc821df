/** Where in the text of a policy somebody types. */
export interface Place {
  readonly path: readonly string[]; // keys from the top; `-` is an entry of a list
  readonly kind: 'key' | 'value';
  readonly word: string; // what is typed of it already
}

interface Level {
  readonly indent: number;
  readonly key: string;
}

/** Tells it from the lines up to the cursor: by their indentation, and by the brackets of the last one. */
export function placeOf(before: string): Place {
  const lines = before.split('\n');
  const last = lines.pop() ?? '';
  const levels: Level[] = [];
  for (const line of lines) enter(levels, line);
  return inLine(levels, last);
}

/** Puts the key of a line in the place of all that stands as far to the right or further. */
function enter(levels: Level[], line: string): void {
  if (line.trim() === '' || line.trimStart().startsWith('#')) return;
  let { indent, rest } = indented(line);
  while (rest.startsWith('- ') || rest === '-') {
    leave(levels, indent, true);
    levels.push({ indent, key: '-' });
    const spaces = 1 + (/^ */.exec(rest.slice(1))?.[0].length ?? 0);
    indent += spaces;
    rest = rest.slice(spaces);
  }
  const key = /^([\w.$-]+|"[^"]*"|'[^']*')\s*:(\s|$)/.exec(rest)?.[1];
  if (key === undefined) return;
  leave(levels, indent, false);
  levels.push({ indent, key: key.replace(/^["']|["']$/g, '') });
}

/** A list may stand as far to the left as the key that it belongs to. */
function leave(levels: Level[], indent: number, entry: boolean): void {
  while (levels.length > 0) {
    const top = levels.at(-1);
    if (!top || top.indent < indent) return;
    if (entry && top.indent === indent && top.key !== '-') return;
    levels.pop();
  }
}

function inLine(levels: Level[], line: string): Place {
  const { indent, rest } = indented(line);
  const block = /^((?:- *)*)(?:([\w.$-]+)\s*:\s)?(.*)$/s.exec(rest);
  const [, dashes = '', key, after = ''] = block ?? [];
  enter(levels, ' '.repeat(indent) + dashes + (key === undefined ? '' : `${key}: `));
  if (key === undefined && dashes === '') leave(levels, indent, false);
  const outer = levels.map((level) => level.key);
  if (key === undefined && !/[{[]/.test(after)) {
    const inList = outer.at(-1) === '-' && !after.includes(':');
    return { path: outer, kind: inList && dashes !== '' && !isMapping(outer) ? 'value' : 'key', word: after };
  }
  return inFlow(outer, after);
}

/** Entries of these lists are mappings: what begins there is a key. */
const isMapping = (path: readonly string[]): boolean => ['rules', 'arms'].includes(path.at(-2) ?? '');

/** What is open of `{ … }` and `[ … ]` at the end of a line. */
function inFlow(outer: readonly string[], text: string): Place {
  const path = [...outer];
  const open: ('{' | '[')[] = [];
  let word = '';
  let valueOf: string | null = null; // the key whose value comes
  let quote = '';
  const done = (): void => {
    if (valueOf !== null) path.pop();
    valueOf = null;
    word = '';
  };
  for (const character of text) {
    if (quote !== '') {
      if (character === quote) quote = '';
      word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word += character;
    } else if (open.length === 0 && !'{['.includes(character)) word += character;
    else if (character === '{' || character === '[') {
      open.push(character);
      if (character === '[') path.push('-');
      valueOf = null;
      word = '';
    } else if (character === '}' || character === ']') {
      done();
      if (character === ']') path.pop();
      open.pop();
      if (open.at(-1) !== '[') path.pop();
    } else if (character === ':' && open.at(-1) === '{' && valueOf === null) {
      valueOf = word.trim();
      path.push(valueOf);
      word = '';
    } else if (character === ',') done();
    else word += character;
  }
  const inMapping = open.at(-1) === '{' && valueOf === null;
  return { path, kind: inMapping ? 'key' : 'value', word: word.trimStart() };
}

function indented(line: string): { indent: number; rest: string } {
  const indent = line.length - line.trimStart().length;
  return { indent, rest: line.slice(indent) };
}
