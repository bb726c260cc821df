import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
const HOOK = path.join(ROOT, 'dist/apps/relay/src/boot/packages.js');
const OURS = path.join(ROOT, 'dist/apps/relay/src/relay.module.js');
const BUNDLE = path.join(ROOT, 'dist/packages.js');

/** What a script says, as JSON, in a process of its own. */
function said(script: string, ...options: readonly string[]): unknown {
  const prelude = `const { createRequire } = require('node:module');
    const from = (file) => createRequire(file);
    const files = () => Object.keys(require.cache).filter((file) => /node_modules.(typeorm|pg|undici|zod|yaml)\\b/.test(file)).length;`;
  const text = execFileSync(process.execPath, [...options, '-e', `${prelude}\n${script}`], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return JSON.parse(text);
}

describe('the packages of a start', () => {
  it('come from one file, each once, for our own code and for what they load of each other later', () => {
    const script = `require(${JSON.stringify(HOOK)});
      const [ours, bundled] = [from(${JSON.stringify(OURS)}), from(${JSON.stringify(BUNDLE)})];
      const same = ['typeorm', '@nestjs/common', 'zod', 'undici', 'pg', 'yaml']
        .every((name) => ours(name) === ours(name) && ours(name) === bundled(name));
      const entity = new (ours('typeorm').DataSource)({ type: 'postgres' }).options.type;
      console.log(JSON.stringify({ same, entity, files: files() }));`;
    expect(said(script)).toEqual({ same: true, entity: 'postgres', files: 0 });
  });

  it('come from node_modules for any other code', () => {
    const script = `require(${JSON.stringify(HOOK)});
      const [ours, other] = [from(${JSON.stringify(OURS)}), from(${JSON.stringify(path.join(ROOT, 'other.js'))})];
      console.log(JSON.stringify({ same: ours('yaml') === other('yaml'), files: files() > 0 }));`;
    expect(said(script)).toEqual({ same: false, files: true });
  });

  it('come from node_modules where a package was loaded before, as an agent does that watches them', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'relay-packages-'));
    const agent = path.join(folder, 'agent.cjs');
    writeFileSync(agent, `require(${JSON.stringify(require.resolve('yaml', { paths: [ROOT] }))});`);
    const script = `require(${JSON.stringify(HOOK)});
      const [ours, other] = [from(${JSON.stringify(OURS)}), from(${JSON.stringify(path.join(ROOT, 'other.js'))})];
      console.log(JSON.stringify({ same: ours('yaml') === other('yaml') && ours('undici') === other('undici') }));`;
    try {
      expect(said(script, '--require', agent)).toEqual({ same: true });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
