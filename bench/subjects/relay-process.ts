import type { RelayConfigInput } from '@relay/config';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { SERVER_CORE } from '../process/cores';
import { freePort } from '../process/free-port';
import { NodeProcess } from '../process/node-process';
import { nodeArgs, RELAY_ARGS } from './node-args';
import { RELAY_KEY } from './relay-config';
import type { RunningSubject, SubjectContext } from './subject';

/** Embedded start with a fresh database, on a busy machine. */
const READY_TIMEOUT_MS = 60_000;
const READY_STEP_MS = 100;

/** What a relay runs with; without a URL it has its own embedded database, or no Redis. */
export interface RelaySurroundings {
  readonly config: RelayConfigInput;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  /** More of the environment, e.g. the first administrator. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the built relay with every role in one process, and waits until it is ready. */
export async function startRelay(
  { directory, profileDirectory }: SubjectContext,
  { config, databaseUrl, redisUrl, env = {} }: RelaySurroundings,
): Promise<RunningSubject> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const configFile = path.join(directory, 'relay.yaml');
  await writeFile(configFile, stringify(config));
  const port = await freePort();
  const relayProcess = NodeProcess.start({
    script: path.join(__dirname, '../../apps/relay/src/main.js'),
    core: SERVER_CORE,
    nodeArgs: [...RELAY_ARGS, ...nodeArgs(profileDirectory)],
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      RELAY_CONFIG: configFile,
      RELAY_DATA_DIR: path.join(directory, 'data'),
      RELAY_ROLES: 'gateway,worker,admin',
      RELAY_LOG_LEVEL: 'warn',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      NODE_ENV: 'production',
      ...env,
    },
  });
  try {
    await waitUntilReady(relayProcess, port);
  } catch (error) {
    await relayProcess.stop();
    throw error;
  }
  return {
    pid: relayProcess.pid,
    port,
    path: '/v1/chat/completions',
    headers: { authorization: `Bearer ${RELAY_KEY}` },
    facts: {},
    stop: () => relayProcess.stop(),
  };
}

async function waitUntilReady(relayProcess: NodeProcess, port: number): Promise<void> {
  const giveUpAt = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < giveUpAt) {
    if (relayProcess.exited) throw relayProcess.failure('ended before it was ready');
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await pause(READY_STEP_MS);
  }
  throw relayProcess.failure(`was not ready after ${READY_TIMEOUT_MS} ms`);
}
