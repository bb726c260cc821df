import { cpuMs } from '@relay/testing';
import { unifiedDiff } from './text-diff';
import { renderYaml, withVersion } from './source-text';

describe('the text of a policy', () => {
  it.each([
    ['# c\nname: a\nversion: 3 # by hand\nrules: []\n', '# c\nname: a\nversion: 12 # by hand\nrules: []\n'],
    ['{"version": 3, "name": "a"}', '{"version": 12, "name": "a"}'],
    ['version:\n  3\nname: a\n', 'version:\n  12\nname: a\n'],
    ['version: &v 3\nname: a\n', 'version: &v 12\nname: a\n'],
    [
      'rules: [{ id: version, when: "version: 3" }]\n"version": 3\n',
      'rules: [{ id: version, when: "version: 3" }]\n"version": 12\n',
    ],
  ])('gets its number where it stands, and stays as it is otherwise', (text, expected) => {
    expect(withVersion(text, 12)).toBe(expected);
  });

  it('is rendered without folding conditions and without anchors', () => {
    const then = { route: { candidates: ['small'] } };
    const when = 'tenant.tier == "free" && '.repeat(20);
    const text = renderYaml({
      rules: [
        { id: 'a', when, then },
        { id: 'b', when, then },
      ],
    });
    expect(text).not.toMatch(/[&*]a\d/);
    expect(text.split('\n').filter((line) => line.includes('tenant.tier'))).toHaveLength(2);
  });
});

describe('the difference of two texts', () => {
  const named = (name: string, text: string) => ({ name, text });

  it('is what a patch says, or empty', () => {
    expect(unifiedDiff(named('a@1', 'x\ny\n'), named('a@2', 'x\nz\n'))).toBe(
      '--- a@1\n+++ a@2\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n',
    );
    expect(unifiedDiff(named('a@1', 'x\n'), named('a@2', 'x\n'))).toBe('');
  });

  it('is given up on where it would hold up everybody else', () => {
    const lines = (letter: string): string => Array.from({ length: 100_000 }, (_, i) => `${letter}${i}\n`).join('');
    const ms = cpuMs(() => expect(unifiedDiff(named('a', lines('x')), named('b', lines('y')))).toBeNull());
    expect(ms).toBeLessThan(1_000);
  });
});
