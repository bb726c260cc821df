import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const DOCS = path.resolve(__dirname, '../../../../docs');
const WANTED = [...Array.from({ length: 56 }, (_, i) => String(i + 1)), '12b', '33b'].sort();

const lines = [...readFileSync(path.join(DOCS, 'traps.md'), 'utf8').matchAll(/^\| (\d+b?) \|[^|]+\|([^|]+)\|$/gm)].map(
  ([, trap = '', held = '']) => ({ trap, files: [...held.matchAll(/\]\(([^)]+)\)/g)].map(([, file = '']) => file) }),
);

describe('docs/traps.md', () => {
  it('has a line for each trap', () => {
    expect(lines.map(({ trap }) => trap).sort()).toEqual(WANTED);
  });

  it.each(lines)('names tests that hold trap $trap', ({ trap, files }) => {
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const spec = path.join(DOCS, file);
      const text = existsSync(spec) ? readFileSync(spec, 'utf8') : '';
      expect([file, new RegExp(`[\`'; ]trap ${trap}:`).test(text)]).toEqual([file, true]);
    }
  });
});
