import { runBurst } from './burst';
import { runClosedLoop } from './closed-loop';
import { Connection } from './connection';
import { runOpenLoop } from './open-loop';
import type { LoadResult, LoadSpec, Workload } from './protocol';
import { Recorder } from './recorder';
import { startTimes } from './schedule';

/** Connections an open loop may have busy at once; more waiting requests wait in the generator, on the clock. */
const OPEN_LOOP_CONNECTIONS = 256;
const REQUEST_TIMEOUT_MS = 30_000;
const SWEEP_MS = 500;
/** Counter of a workload whose bodies are all the same. */
const SAME_COUNTER = 1;

/** Runs one measurement from this process. */
export async function generate(spec: LoadSpec): Promise<LoadResult> {
  const { arrivals, seconds, target, workload } = spec;
  const size = arrivals.kind === 'open' ? OPEN_LOOP_CONNECTIONS : arrivals.connections;
  const connections = Array.from({ length: size }, () => new Connection(target, workload));
  if (arrivals.kind === 'open') await Promise.all(connections.map((connection) => connection.connect()));
  const sweep = setInterval(() => failOverdue(connections), SWEEP_MS);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  const recorder = new Recorder(startedAt, endsAt, workload.stream, spec.samples);
  const nextCounter = counterOf(workload.bodies);
  try {
    if (arrivals.kind === 'closed')
      await runClosedLoop(connections, endsAt, arrivals.requests ?? Infinity, nextCounter, recorder);
    else if (arrivals.kind === 'burst') await runBurst(connections, nextCounter, recorder);
    else {
      const schedule = startTimes(arrivals.ratePerSecond, arrivals.spacing, seconds * 1_000, Date.now());
      await runOpenLoop(connections, schedule, startedAt, nextCounter, recorder);
    }
  } finally {
    clearInterval(sweep);
    for (const connection of connections) connection.close();
  }
  const cpu = process.cpuUsage(cpuBefore);
  return recorder.result((cpu.user + cpu.system) / 1_000 / (performance.now() - startedAt));
}

function counterOf(bodies: Workload['bodies']): () => number {
  if (bodies === 'same') return () => SAME_COUNTER;
  if (bodies === 'distinct') return countFrom(Date.now());
  let sent = 0;
  return () => bodies.first + (sent++ % bodies.count);
}

/** Numbers that no earlier measurement has used: it starts at the clock's ms and no server here answers more than 1,000,000/s. */
function countFrom(nowMs: number): () => number {
  let counter = (nowMs % 100_000_000_000) * 1_000;
  return () => ++counter;
}

function failOverdue(connections: readonly Connection[]): void {
  const overdue = performance.now() - REQUEST_TIMEOUT_MS;
  for (const connection of connections)
    if (connection.busy && connection.startedAt < overdue) connection.fail('timeout');
}
