// What every client test runs against: the built relay as a process of its own, before an upstream that answers by what it is asked.
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULTS } from './faults.mjs';
import { answer } from './upstream.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const testing = createRequire(import.meta.url)(path.join(root, 'dist/libs/testing/src/index.js'));
const READY_TIMEOUT_MS = 180_000; // a busy machine starts the embedded stores in minutes
const POLL_MS = 50;

export const KEY = 'wire-key-for-tests';
/** Asked by translation into chat, and as it is. */
export const MODELS = ['small', 'native'];

/**
 * A relay with the model `small`, whose provider speaks chat, embeddings and files of speech, and nothing else of generated text; the model
 * `native`, whose provider speaks completions, responses and messages as well; and a model for each fault, of such a provider of its own.
 */
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
  const plain = ['chat', 'embeddings', 'moderations', 'audio.speech', 'audio.transcriptions', 'images.generations'];
  const natives = ['native', ...Object.keys(FAULTS)];
  const provider = (id, operations) => ({
    ...{ id, kind: 'openai', baseUrl: upstream.baseUrl, apiKey: 'upstream-secret', operations },
    timeouts: { headersMs: 10_000, idleMs: 1_000 },
  });
  const model = (id, of, name) => ({
    ...{ id, targets: [{ provider: of, model: name, weight: 1 }], price: { inputPerMTok: 0.15, outputPerMTok: 0.6 } },
  });
  return {
    providers: [provider('mock', plain), ...natives.map((id) => provider(id, [...plain, 'responses', 'messages']))],
    models: [model('small', 'mock', 'mock-small'), ...natives.map((id) => model(id, id, id))],
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
