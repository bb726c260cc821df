// What every client test runs against: the built relay as a process of its own, before an upstream that answers by what it is asked.
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { answer } from './upstream.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const testing = createRequire(import.meta.url)(path.join(root, 'dist/libs/testing/src/index.js'));
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

export const KEY = 'wire-key-for-tests';

/** A relay with one model, `small`; its provider speaks chat, embeddings and files of speech, and nothing else of generated text. */
export async function startRelay() {
  const upstream = await testing.ScriptedUpstream.start((request) => answer(testing, request));
  const folder = mkdtempSync(path.join(tmpdir(), 'relay-wire-'));
  writeFileSync(path.join(folder, 'relay.yaml'), JSON.stringify(configFor(upstream)));
  const port = await testing.freePort();
  const child = spawn(process.execPath, [path.join(root, 'dist/apps/relay/src/main.js')], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port), RELAY_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await ready(url, child);
  return {
    url,
    baseURL: `${url}/v1`,
    upstream,
    async close() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await upstream.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configFor(upstream) {
  const target = { provider: 'mock', model: 'mock-small', weight: 1 };
  const operations = [
    'chat',
    'embeddings',
    'moderations',
    'audio.speech',
    'audio.transcriptions',
    'images.generations',
  ];
  return {
    providers: [{ id: 'mock', kind: 'openai', baseUrl: upstream.baseUrl, apiKey: 'upstream-secret', operations }],
    models: [{ id: 'small', targets: [target], price: { inputPerMTok: 0.15, outputPerMTok: 0.6 } }],
    policy: { name: 'wire', version: 1, defaults: { cache: { exact: { enabled: false } } } },
    tenants: [{ id: 'acme', keys: [{ name: 'wire', value: KEY }] }],
  };
}

async function ready(url, child) {
  for (const giveUpAt = Date.now() + READY_TIMEOUT_MS; Date.now() < giveUpAt;) {
    if (child.exitCode !== null) throw new Error(`the relay exited with ${child.exitCode}`);
    const reply = await fetch(`${url}/health/ready`).catch(() => null);
    if (reply?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error('the relay was not ready in time');
}
