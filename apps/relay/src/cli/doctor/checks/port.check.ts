import { createServer } from 'node:net';
import { reasonOf } from '../../terminal';
import { failure, ok, type Finding } from '../finding';

const TIMEOUT_MS = 2_000;

/** The port can be had, or a relay has it. */
export async function checkPort(host: string, port: number): Promise<Finding> {
  const place = `${host}:${port}`;
  const problem = await tryToListen(host, port);
  if (problem === null) return ok('port', `${place} is free`);
  if (problem === 'EADDRINUSE' && (await isRelay(host, port))) return ok('port', `a relay listens on ${place}`);
  return failure('port', `${place} cannot be listened on: ${problem}`, 'set PORT and HOST, or end what listens there');
}

function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(reasonOf(error)));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

async function isRelay(host: string, port: number): Promise<boolean> {
  const reachable = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  try {
    const reply = await fetch(`http://${reachable}:${port}/health/live`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return reply.ok;
  } catch {
    return false;
  }
}
