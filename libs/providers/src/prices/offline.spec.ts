import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** A process of its own, as the list is loaded once; whatever reaches for the network there ends it. */
const SCRIPT = `
  const forbid = () => { throw new Error('the network was used'); };
  globalThis.fetch = forbid;
  for (const name of ['http', 'https']) { require(name).request = forbid; require(name).get = forbid; }
  require('net').Socket.prototype.connect = forbid;
  const began = performance.now();
  const { calcPrice, findProvider } = require('@pydantic/genai-prices');
  const loadMs = performance.now() - began;
  const found = calcPrice({}, 'gpt-4o', { providerId: 'openai' });
  findProvider({ providerApiUrl: 'https://api.groq.com/openai/v1' });
  process.stdout.write(JSON.stringify({ model: found.model.id, loadMs }));
`;
/** It takes 60 ms on two cores; beyond this a start would be felt. */
const MAX_LOAD_MS = 2_000;

describe('the list of prices', () => {
  it('comes with its package: nothing is fetched, and it is there at once', () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', SCRIPT], {
      cwd: path.resolve(__dirname, '../../../..'),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { model, loadMs } = JSON.parse(stdout) as { readonly model: string; readonly loadMs: number };
    expect(model).toBe('gpt-4o');
    expect(loadMs).toBeLessThan(MAX_LOAD_MS);
  });
});
