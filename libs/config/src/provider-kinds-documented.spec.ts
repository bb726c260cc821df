import { readFileSync } from 'node:fs';
import path from 'node:path';
import { OPERATION_SHAPES, OPERATIONS } from '@relay/contracts';
import { kindOf } from './provider-kinds';
import { providerKindSchema } from './relay-config.schema';

const read = (name: string): string => readFileSync(path.resolve(__dirname, '../../../docs', name), 'utf8');
const familyOf = (operation: string): string => operation.split('.', 1)[0] ?? '';

/** Words of the table that stand for several families of operations, or for a part of one. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "everything of OpenAI's": OPERATIONS.filter((operation) => operation !== 'messages').map(familyOf),
  text: ['chat', 'completions', 'embeddings'],
  transcriptions: ['audio'],
};

interface Row {
  readonly baseUrl: string;
  readonly key: string;
  readonly families: ReadonlySet<string>;
  readonly differs: string;
}

/** The table of kinds in docs/providers.md. */
function documented(): Map<string, Row> {
  const table = read('providers.md').split('\n| kind | base URL |')[1]?.split('\n\n', 1)[0] ?? '';
  const rows = table.split('\n').slice(2);
  return new Map(
    rows.map((line) => {
      const [kind = '', baseUrl = '', key = '', itself = '', differs = ''] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim());
      const translated = /^(.+) by translation/.exec(differs)?.[1]?.replace(' and ', ', ') ?? '';
      const words = `${itself}, ${translated}`.split(', ').filter((word) => word !== '');
      const families = new Set(words.flatMap((word) => WORDS[word] ?? [word]));
      return [kind.replaceAll('`', ''), { baseUrl, key, families, differs }];
    }),
  );
}

describe('the table of kinds in docs/providers.md', () => {
  const rows = documented();

  it('has exactly the kinds that there are', () => {
    expect([...rows.keys()].sort()).toEqual([...providerKindSchema.options].sort());
  });

  it.each(providerKindSchema.options)('tells of %s where it is, its key and what it understands', (kind) => {
    const row = rows.get(kind);
    const { baseUrl, keyHeader, operations, oldTokenCap } = kindOf(kind);
    if (baseUrl === null) expect(row?.baseUrl).toMatch(/^(required|of its `region`|in this process)$/);
    else expect(baseUrl.replace(/^https?:\/\//, '')).toBe(row?.baseUrl);
    if (keyHeader !== undefined) expect(row?.key).toBe(`\`${keyHeader}\``);
    expect([...(row?.families ?? [])].sort()).toEqual([...new Set(operations.map(familyOf))].sort());
    expect(row?.differs.includes('`max_tokens` only')).toBe(oldTokenCap === true);
  });
});

it.each(OPERATIONS)('docs/protocols.md tells of the route of %s', (operation) => {
  expect(read('protocols.md')).toMatch(new RegExp(`/v1/${OPERATION_SHAPES[operation].path}(?![\\w/])`));
});
