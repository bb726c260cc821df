import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Of the server's sources, which the types of the console do not cover. */
const { freePort, seedEmbedded } = jest.requireActual<{
  freePort(): Promise<number>;
  /** A migrated database to begin with. */
  seedEmbedded(dataDir: string): Promise<void>;
}>('@relay/testing');

const MAIN = path.resolve(__dirname, '../../dist/apps/relay/src/main.js');
/** As the tests themselves have it: tools/jest/baseline-wasm.cjs. */
const V8_OPTIONS = ['--liftoff-only'];
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** Messages are kept, so that the console has something to show. */
const POLICY = 'policy: { name: tested, version: 1, defaults: { payloadLogging: true } }\n';

/** Who may log in, and the key of a tenant, at the relay that is started. A given one has to know them as well. */
export const OWNER = { email: 'owner@example.com', password: 'a password of the tests' };
export const TENANT = { id: 'acme', key: 'rk-acme-of-the-browser-tests-0000000001' };

export interface RelayUnderTest {
  readonly url: string;
  /** Ends it without a farewell, as a power cut would. Null for a relay that was not started here. */
  readonly kill: (() => Promise<void>) | null;
  /** Starts it again if it was killed, at the same address and with the same data. */
  readonly restart: (() => Promise<void>) | null;
  close(): Promise<void>;
}

/** The relay named by CONSOLE_URL, or the built one, embedded, in a process and a folder of its own; with more in its relay.yaml. */
export async function relayUnderTest(more = ''): Promise<RelayUnderTest> {
  const given = process.env.CONSOLE_URL;
  return given
    ? { url: given.replace(/\/$/, ''), kill: null, restart: null, close: async () => undefined }
    : startEmbedded(more);
}

async function startEmbedded(more: string): Promise<RelayUnderTest> {
  const folder = mkdtempSync(path.join(tmpdir(), 'relay-console-'));
  await seedEmbedded(path.join(folder, '.relay'));
  const tenant = `{ id: ${TENANT.id}, keys: [{ name: ci, value: ${TENANT.key} }] }`;
  writeFileSync(path.join(folder, 'relay.yaml'), `tenants:\n  - ${tenant}\n${POLICY}${more}`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child = start(folder, port);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (hasEnded()) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  const close = async (): Promise<void> => {
    await end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  const untilReady = async (): Promise<void> => {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await isReady(url))) {
      if (hasEnded() || Date.now() > deadline) {
        await end('SIGKILL');
        throw new Error(`the relay did not become ready (exit code ${child.exitCode})`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  const restart = async (): Promise<void> => {
    if (hasEnded()) child = start(folder, port);
    await untilReady();
  };
  await untilReady().catch(async (error) => {
    await close();
    throw error;
  });
  return { url, kill: () => end('SIGKILL'), restart, close };
}

const start = (folder: string, port: number): ChildProcess =>
  spawn(process.execPath, [...V8_OPTIONS, MAIN], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      OLLAMA_HOST: 'http://127.0.0.1:1',
      RELAY_LOG_LEVEL: 'warn',
      RELAY_ADMIN_EMAIL: OWNER.email,
      RELAY_ADMIN_PASSWORD: OWNER.password,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
