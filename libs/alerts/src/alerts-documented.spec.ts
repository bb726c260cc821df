import { readFileSync } from 'node:fs';
import path from 'node:path';
import { alertChannelKindSchema, alertKindSchema } from '@relay/contracts';
import { BUILTIN_RULES } from './domain/builtin-rules';
import { KINDS } from './kinds';

const text = readFileSync(path.resolve(__dirname, '../../../docs/alerts.md'), 'utf8');
const MINUTES: Readonly<Record<string, number>> = { min: 1, h: 60 };

it('docs/alerts.md has a row for each kind, with what holds where a rule does not say', () => {
  const rows = [...(text.split('## Kinds')[1]?.split('\n## ')[0] ?? '').matchAll(/^\| `([a-z0-9-]+)` \|.*$/gm)];
  const kinds = rows.filter(([, name]) => name !== undefined && name in KINDS);
  expect(kinds.map(([, name]) => name)).toEqual(alertKindSchema.options);
  for (const [row, name] of kinds) {
    const [threshold, window, least] = row
      .split('|')
      .slice(4, 7)
      .map((cell) => cell.trim());
    const kind = KINDS[name as keyof typeof KINDS];
    expect([name, Number(threshold?.replaceAll(',', ''))]).toEqual([name, kind.threshold]);
    const [length = '', unit = ''] = window?.split(' ') ?? [];
    if (window) expect([name, Number(length) * (MINUTES[unit] ?? 0) * 60_000]).toEqual([name, kind.windowMs]);
    if (least) expect([name, Number.parseInt(least)]).toEqual([name, kind.minRequests]);
  }
});

it('docs/alerts.md has a chapter for each kind of channel', () => {
  for (const kind of alertChannelKindSchema.options) expect(text).toContain(`\n### ${kind}\n`);
});

it('there is one built-in rule of each kind, and it tells nobody', () => {
  expect(BUILTIN_RULES.map(({ kind }) => kind).sort()).toEqual([...alertKindSchema.options].sort());
  expect(BUILTIN_RULES.flatMap(({ channels }) => channels)).toEqual([]);
});
