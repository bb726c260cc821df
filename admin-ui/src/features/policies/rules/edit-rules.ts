import { rulesOf, type RuleText } from './rule-text';

/** What a form changes of a rule. `then` is YAML. */
export interface RuleChange {
  readonly id?: string;
  readonly description?: string;
  readonly when?: string;
  readonly then?: string;
  readonly final?: boolean;
}

type FieldName = keyof RuleChange;

/** The order in which fields of a rule that are new are put. */
const ORDER: readonly FieldName[] = ['id', 'description', 'when', 'then', 'final'];
const STEP = '  ';

/** Another place for a rule; the comments above it go with it. */
export function moveRule(text: string, from: number, to: number): string {
  const inBlocks = asBlocks(text);
  const { head, chunks, tail } = chunksOf(inBlocks);
  const [moved] = chunks.slice(from, from + 1);
  if (!moved || to < 0 || to >= chunks.length || from === to) return text;
  const rest = chunks.filter((_, at) => at !== from);
  return joined(head, [...rest.slice(0, to), moved, ...rest.slice(to)], tail);
}

export function removeRule(text: string, at: number): string {
  const { head, chunks, tail } = chunksOf(asBlocks(text));
  const rest = chunks.filter((_, index) => index !== at);
  if (rest.length > 0) return joined(head, rest, tail);
  return joined([...head.slice(0, -1), (head.at(-1) ?? 'rules:').replace(/^(\s*rules\s*:).*/, '$1 []')], [], tail);
}

/** A rule at the end that matches nothing yet, so that it changes nothing before somebody says what. */
export function addRule(text: string): string {
  const inBlocks = asBlocks(text);
  const { rules } = rulesOf(inBlocks);
  const ids = new Set(rules.map(({ id }) => id));
  let number = rules.length + 1;
  while (ids.has(`rule-${number}`)) number += 1;
  const { head, chunks, tail } = chunksOf(inBlocks);
  const indent = ' '.repeat(indentOf(chunks[0]) ?? STEP.length);
  const rule = [`${indent}- id: rule-${number}`, `${indent}${STEP}when: 'false'`, `${indent}${STEP}then: {}`];
  return joined(head, [...chunks, rule], tail);
}

/** Other values for fields of one rule; all else of the text, comments too, stays as it is. */
export function changeRule(text: string, at: number, change: RuleChange): string {
  let now = asBlockRule(asBlocks(text), at);
  for (const name of ORDER) if (change[name] !== undefined) now = withField(now, at, name, change[name]);
  return now;
}

function withField(text: string, at: number, name: FieldName, value: string | boolean): string {
  const rule = rulesOf(text).rules[at];
  if (!rule) return text;
  const field = rule.fields.find(({ key }) => key === name);
  const indent = ' '.repeat(columnOfFields(text, rule));
  const gone = name !== 'id' && name !== 'when' && (value === '' || value === false);
  if (gone && !field) return text;
  if (gone && field) return withoutLines(text, field.from, field.to);
  const written = `${name}:${valueText(name, value, indent)}`;
  if (field) return text.slice(0, field.from) + written + text.slice(field.to);
  const before = rule.fields.filter(({ key }) => ORDER.indexOf(key as FieldName) < ORDER.indexOf(name)).at(-1);
  const end = lineEnd(text, before?.to ?? rule.to);
  return `${text.slice(0, end)}\n${indent}${written}${text.slice(end)}`;
}

function valueText(name: FieldName, value: string | boolean, indent: string): string {
  if (typeof value === 'boolean') return ` ${value}`;
  if (name === 'then') return nested(value, indent);
  return ` ${name === 'id' ? value.trim() || "''" : quoted(value)}`;
}

/** In one line if it is a flow mapping or empty, else below its key. */
function nested(yaml: string, indent: string): string {
  const lines = yaml.replace(/\s+$/, '').split('\n');
  if (lines.length === 1 && /^\s*(\{.*\})?\s*$/.test(yaml)) return ` ${yaml.trim() || '{}'}`;
  if (/^\s*\{/.test(yaml))
    return ` ${lines.map((line, at) => (at === 0 ? line.trim() : indent + STEP + line)).join('\n')}`;
  return `\n${lines.map((line) => (line.trim() === '' ? '' : indent + STEP + line)).join('\n')}`;
}

/** Single quotes, in which nothing but they themselves has a meaning. */
const quoted = (value: string): string =>
  `'${value
    .replace(/\s*\n\s*/g, ' ')
    .trim()
    .replaceAll("'", "''")}'`;

const columnOfFields = (text: string, { fields, from }: RuleText): number => {
  const start = fields[0]?.from ?? from + STEP.length;
  return start - (text.lastIndexOf('\n', start - 1) + 1);
};

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

function withoutLines(text: string, from: number, to: number): string {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  return text.slice(0, start) + text.slice(Math.min(text.length, lineEnd(text, to) + 1));
}

/** The list with a rule on lines of its own for each, which is what edits of lines need. */
function asBlocks(text: string): string {
  const { rules, style, from, to } = rulesOf(text);
  if (style === 'block') return text;
  const items = rules.map((rule) => `\n${STEP}- ${text.slice(rule.from, rule.to)}`).join('');
  if (style === 'flow') return `${text.slice(0, from)}rules:${items}${text.slice(to)}`;
  if (from < to) return `${text.slice(0, from)}rules:${text.slice(to)}`; // `rules:` with nothing after it
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}rules:\n`;
}

/** A rule written as `{ … }` in fields on lines of their own; what the values say stays as it was written. */
function asBlockRule(text: string, at: number): string {
  const rule = rulesOf(text).rules[at];
  if (!rule || text[rule.from] !== '{') return text;
  const indent = ' '.repeat(rule.from - (text.lastIndexOf('\n', rule.from - 1) + 1));
  const fields = rule.fields.map(({ key, valueFrom, to }) => `${key}: ${text.slice(valueFrom, to)}`);
  return text.slice(0, rule.from) + fields.join(`\n${indent}`) + text.slice(rule.to);
}

interface Chunks {
  readonly head: readonly string[];
  readonly chunks: readonly (readonly string[])[]; // lines of one rule each, with the comments above it
  readonly tail: readonly string[];
}

function chunksOf(text: string): Chunks {
  const lines = text.split('\n');
  const { rules, from } = rulesOf(text);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length - 1;
  const start = Math.min(lineOf(from) + 1, lines.length);
  let next = start;
  const chunks = rules.map(({ to }) => {
    const end = lineOf(to) + 1;
    const chunk = lines.slice(next, end);
    next = Math.max(next, end);
    return chunk;
  });
  return { head: lines.slice(0, start), chunks, tail: lines.slice(next) };
}

const joined = (head: readonly string[], chunks: readonly (readonly string[])[], tail: readonly string[]): string => {
  const lines = [...head, ...chunks.flat(), ...tail];
  return lines.join('\n') + (lines.at(-1) === '' ? '' : '\n');
};

const indentOf = (chunk: readonly string[] | undefined): number | null => {
  const line = chunk?.find((one) => one.trimStart().startsWith('-'));
  return line === undefined ? null : line.length - line.trimStart().length;
};
