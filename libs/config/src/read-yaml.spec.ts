import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatProblem } from './config-store';
import { readYaml } from './read-yaml';

describe('a YAML file', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'relay-yaml-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  const refusal = (file: string, maxBytes?: number): string[] => {
    const read = readYaml(file, maxBytes);
    return read.ok ? [] : read.error.map(formatProblem);
  };

  it('is read up to its limit, and not beyond', () => {
    const file = path.join(dir, 'a.yaml');
    writeFileSync(file, 'a: 1\n');
    expect(refusal(file, 5)).toEqual([]);
    expect(refusal(file, 4)).toEqual([
      `${file}:1:1: (document): found more than 4 bytes; allowed: a document of at most 4 bytes`,
    ]);
  });

  it.each(['/dev/zero', tmpdir()])('is not %s, which is refused unread', (file) => {
    expect(refusal(file)).toEqual([
      `${file}: (document): found no readable file (no regular file); allowed: a readable YAML file`,
    ]);
  });

  it('has to be there', () => {
    const file = path.join(dir, 'none.yaml');
    expect(refusal(file)).toEqual([
      `${file}: (document): found no readable file (ENOENT); allowed: a readable YAML file`,
    ]);
  });
});
