import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const TOOLS = path.resolve(__dirname, '../../../tools');

describe('an installation', () => {
  let root: string;
  let linkedModules: (root: string) => string | null;
  beforeEach(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'relay-modules-'));
    const tool = (await import(path.join(TOOLS, 'linked-modules.mjs'))) as { linkedModules: typeof linkedModules };
    ({ linkedModules } = tool);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('sees that packages are those of another folder, which npm would empty', () => {
    const theirs = path.join(root, 'theirs');
    mkdirSync(theirs);
    symlinkSync(theirs, path.join(root, 'node_modules'), 'junction');
    expect(linkedModules(root)).toBe(theirs);
  });

  it('goes on where there are none, and where they are its own', () => {
    expect(linkedModules(root)).toBeNull();
    mkdirSync(path.join(root, 'node_modules'));
    expect(linkedModules(root)).toBeNull();
  });

  it('looks before it lets npm begin', () => {
    const install = readFileSync(path.join(TOOLS, 'bootstrap.mjs'), 'utf8');
    const [look, begin] = ['linkedModules(root)', "'ci'"].map((text) => install.indexOf(text));
    expect(look).toBeGreaterThan(-1);
    expect(look).toBeLessThan(begin ?? -1);
  });
});
