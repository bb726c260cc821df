import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { KIND_DEFAULTS, placeholdersOf } from './kind-defaults';

const DOCS = readFileSync(resolve(__dirname, '../../../../../docs/alerts.md'), 'utf8');
const MINUTES = { min: 1, h: 60 } as const;

/** `| kind | what | unit | threshold | window | at least |`; a kind without a window of its own leaves the last two out. */
const documented = [
  ...DOCS.matchAll(/^\| `([a-z0-9-]+)` \|.*\| ([\d.,]+) \| (?:(\d+) (min|h))? ?\| (\d+)?[^|]*\|$/gm),
].map(([, kind, threshold, window, unit, least]) => [
  kind,
  {
    threshold: Number(threshold?.replaceAll(',', '')),
    ...(window === undefined ? {} : { windowMinutes: Number(window) * MINUTES[unit as keyof typeof MINUTES] }),
    ...(least === undefined ? {} : { minRequests: Number(least) }),
  },
]);

describe('what a new rule of the console says by default', () => {
  it('is what the documentation says, of every kind', () => {
    expect(KIND_DEFAULTS).toMatchObject(Object.fromEntries(documented) as object);
    expect(documented.map(([kind]) => kind).sort()).toEqual(Object.keys(KIND_DEFAULTS).sort());
  });

  it('stands in the units of the fields', () =>
    expect(placeholdersOf('error-rate')).toMatchObject({
      ...{ threshold: '5 by default', windowMinutes: '5 by default', minRequests: '20 by default', by: 'One for all' },
    }));
});
