import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { traceFilterShape } from './trace-query.schema';

it('docs/traces.md lists the filters of traces, each of them and no other', () => {
  const text = readFileSync(join(__dirname, '../../../docs/traces.md'), 'utf8');
  const table = /\| filter \| traces \|\n\|[-|]+\n((?:\|.*\n)+)/.exec(text)?.[1] ?? '';
  const cells = table.split('\n').map((row) => row.split('|')[1] ?? '');
  const named = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual(Object.keys(traceFilterShape).sort());
});
