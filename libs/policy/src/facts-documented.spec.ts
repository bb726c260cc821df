import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FACT_FIELDS } from './domain/facts';

it('docs/policy.md lists exactly what a condition can read, with its type', () => {
  const text = readFileSync(path.resolve(__dirname, '../../../docs/policy.md'), 'utf8');
  const listed = [...text.matchAll(/^\| `([\w.]+)` \| ([\w ]+) \|/gm)].map(([, name, type]) => `${name}: ${type}`);
  const known = Object.entries(FACT_FIELDS).flatMap(([variable, fields]) =>
    Object.entries(fields).map(
      ([field, type]) => `${variable}.${field}: ${type === 'list<string>' ? 'list of strings' : type}`,
    ),
  );
  expect(listed).toEqual(known);
});
