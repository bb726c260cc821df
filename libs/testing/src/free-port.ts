import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections, which would take one before a child process listens on it. */
const LOWEST = 12_000;
const RANGES = 500; // by process id: test files that run at the same time ask in ranges of their own
const PORTS_A_RANGE = 40;

let next = 0;

/** A port of 127.0.0.1 that nobody listens on, and that no other test is given soon. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < PORTS_A_RANGE; tried++) {
    const port = LOWEST + (process.pid % RANGES) * PORTS_A_RANGE + (next++ % PORTS_A_RANGE);
    if (await isFree(port)) return port;
  }
  throw new Error(`all of ${PORTS_A_RANGE} ports are taken`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
