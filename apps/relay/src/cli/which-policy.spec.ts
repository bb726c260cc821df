import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildProgram } from './program';

const POLICY = 'name: mine\nversion: 1\ndefaults: { deadlineMs: 5000 }\n';

describe('which policy the command line means', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'relay-cli-'));
    writeFileSync(path.join(dir, 'relay.yaml'), 'policy: ./policy.yaml\n');
    writeFileSync(path.join(dir, 'policy.yaml'), POLICY);
    writeFileSync(path.join(dir, 'same.yaml'), `# The same.\n${POLICY}`);
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(dir, { recursive: true });
  });

  const policy = (...args: string[]): Promise<unknown> =>
    buildProgram().parseAsync(['policy', ...args], { from: 'user' });

  it('compares with the relay.yaml of this machine where it says file, and asks no relay', async () => {
    const config = ['--config', path.join(dir, 'relay.yaml')];
    await policy('diff', 'file', path.join(dir, 'same.yaml'), ...config);
    await policy('diff', path.join(dir, 'same.yaml'), ...config);
    expect(process.exitCode).toBeUndefined(); // they say the same
  });

  it('pulls versions only: a file has none', async () => {
    await expect(policy('pull', '--version', 'file')).rejects.toThrow(/A number, name@number, published or latest/);
  });
});
