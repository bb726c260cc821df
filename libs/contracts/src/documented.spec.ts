import { readFileSync } from 'node:fs';
import path from 'node:path';
import { degradeStepSchema } from './execution-plan.schema';
import { HEADERS } from './headers';
import { poolViewSchema } from './queue-api.schema';

const read = (file: string): string => readFileSync(path.resolve(__dirname, '../../..', file), 'utf8');

/** Names in the first column of the table that stands below a heading. */
function listed(file: string, heading: string): string[] {
  const section = read(file).split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
}

it('every header of a reply is listed in docs/operations.md, every one of a request in the README', () => {
  const ofReplies = listed('docs/operations.md', 'What a reply says');
  const ofRequests = (read('README.md').match(/^\|.*/gm) ?? []).join('\n').toLowerCase();
  const missing = Object.values(HEADERS).filter((name) => !ofReplies.includes(name) && !ofRequests.includes(name));
  expect(missing).toEqual([]);
  expect(ofReplies).toEqual(expect.arrayContaining([HEADERS.queue, HEADERS.queueMs, HEADERS.degraded, 'retry-after']));
});

it('docs/scheduling.md lists exactly the fields of a pool', () => {
  expect(listed('docs/scheduling.md', 'Looking at it').sort()).toEqual(Object.keys(poolViewSchema.shape).sort());
});

it('docs/policy.md has a row for each degrade step, and relay.example.yaml shows them all', () => {
  const steps = [...degradeStepSchema.options];
  expect(listed('docs/policy.md', 'Admission and degradation')).toEqual(steps);
  const [, shown] = /^ +degrade: \[([^\]]+)\]/m.exec(read('relay.example.yaml')) ?? [];
  expect(shown?.split(', ')).toEqual(steps);
});
