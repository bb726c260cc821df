import { yamlLanguage } from '@codemirror/lang-yaml';

type SyntaxNode = ReturnType<typeof yamlLanguage.parser.parse>['topNode'];

/** One rule of a policy as it stands in the text. Places are offsets into it; what is not a field of a mapping is kept as it is. */
export interface RuleText {
  readonly id: string;
  readonly when: string;
  readonly description: string;
  readonly final: boolean;
  readonly then: string; // YAML, its indentation taken away
  readonly line: number; // from 1
  readonly fields: readonly RuleField[];
  readonly from: number;
  readonly to: number;
}

export interface RuleField {
  readonly key: string;
  readonly from: number; // of the key
  readonly valueFrom: number;
  readonly to: number;
}

export interface RuleList {
  readonly rules: readonly RuleText[];
  readonly style: 'block' | 'flow' | 'none'; // none: there is no list yet
  readonly from: number; // of the value of `rules`; where there is none, the end of the text
  readonly to: number;
  readonly elsewhere: boolean; // tenants have rules of their own, which come after these
}

/** Finds the rules of a policy that every tenant has, without changing a character. Text that is no YAML has those that can be told. */
export function rulesOf(text: string): RuleList {
  const top = topMapping(text);
  const pair = top ? fieldNode(top, 'rules', text) : null;
  const tenants = top ? fieldNode(top, 'tenants', text) : null;
  const elsewhere = tenants !== null && /^\s*rules\s*:|[{,]\s*rules\s*:/m.test(text.slice(tenants.from, tenants.to));
  const value = pair?.lastChild ?? null;
  if (!pair || !value) return { rules: [], style: 'none', from: text.length, to: text.length, elsewhere };
  const style = value.name === 'BlockSequence' ? 'block' : value.name === 'FlowSequence' ? 'flow' : 'none';
  const rules = style === 'none' ? [] : value.getChildren('Item').map((item) => ruleOf(item, text));
  return { rules, style, from: pair.from, to: pair.to, elsewhere };
}

function topMapping(text: string): SyntaxNode | null {
  return yamlLanguage.parser.parse(text).topNode.getChild('Document')?.getChild('BlockMapping') ?? null;
}

function fieldNode(mapping: SyntaxNode, key: string, text: string): SyntaxNode | null {
  return mapping.getChildren('Pair').find((pair) => keyOf(pair, text) === key) ?? null;
}

const keyOf = (pair: SyntaxNode, text: string): string => {
  const key = pair.getChild('Key');
  return key ? scalar(text.slice(key.from, key.to)) : '';
};

function ruleOf(item: SyntaxNode, text: string): RuleText {
  const mapping = item.getChild('BlockMapping') ?? item.getChild('FlowMapping');
  const fields = (mapping?.getChildren('Pair') ?? []).map((pair): RuleField => {
    const value = valueOf(pair);
    return {
      key: keyOf(pair, text),
      from: pair.from,
      valueFrom: value ? afterColon(text, pair) : pair.to,
      to: value ? trimmedEnd(text, value) : pair.to,
    };
  });
  const valueText = (key: string): string => {
    const field = fields.find((one) => one.key === key);
    return field ? dedented(text, field) : '';
  };
  return {
    id: scalar(valueText('id')),
    when: scalar(valueText('when')),
    description: scalar(valueText('description')),
    final: valueText('final') === 'true',
    then: valueText('then'),
    line: text.slice(0, item.from).split('\n').length,
    fields,
    from: item.from,
    to: trimmedEnd(text, item),
  };
}

function valueOf(pair: SyntaxNode): SyntaxNode | null {
  const last = pair.lastChild;
  return last && last.name !== 'Key' && last.name !== ':' && last.name !== 'Comment' ? last : null;
}

/** Where a value begins, comments before it included. */
function afterColon(text: string, pair: SyntaxNode): number {
  const colon = pair.getChild(':');
  const at = colon ? colon.to : pair.from;
  return at + (/^[ \t]*/.exec(text.slice(at, pair.to))?.[0].length ?? 0);
}

/** Without the line breaks that the parser counts to a block. */
const trimmedEnd = (text: string, { from, to }: { readonly from: number; readonly to: number }): number =>
  from + text.slice(from, to).trimEnd().length;

const columnAt = (text: string, at: number): number => at - (text.lastIndexOf('\n', at - 1) + 1);

/** A value over several lines, moved to the left as a whole. */
function dedented(text: string, { valueFrom, to }: RuleField): string {
  const raw = text.slice(valueFrom, to);
  const below = raw.startsWith('\n');
  const [first = '', ...rest] = (below ? raw.slice(1) : raw).split('\n');
  const own = below ? first.length - first.trimStart().length : columnAt(text, valueFrom);
  const indents = rest.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const least = Math.min(own, ...indents);
  const moved = (line: string): string => line.slice(Math.min(least, line.length - line.trimStart().length));
  return [below ? moved(first) : first, ...rest.map(moved)].join('\n');
}

/** What a scalar says: quotes, folded and literal blocks undone. */
export function scalar(raw: string): string {
  const text = raw.trim();
  if (text.startsWith('"')) return unquoted(text);
  if (text.startsWith("'"))
    return text
      .slice(1, -1)
      .replaceAll("''", "'")
      .replace(/\s*\n\s*/g, ' ');
  const block = /^([|>])[-+\d]*[^\n]*\n/.exec(text);
  if (!block) return text.replace(/\s*\n\s*/g, ' ');
  const lines = text
    .slice(block[0].length)
    .split('\n')
    .map((line) => line.trim());
  return lines.join(block[1] === '|' ? '\n' : ' ').trim();
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text.replace(/\s*\n\s*/g, ' ')));
  } catch {
    return text.slice(1, -1);
  }
}
