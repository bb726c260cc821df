import { setTimeout as wait } from 'node:timers/promises';
import { warn } from './terminal';

const FIRST_LOOK_MS = 100;
const MAX_LOOK_MS = 2_000; // a longer job is looked at less often

interface Followed {
  readonly id: string;
  readonly status: string;
}

/** Tells how far a job of the workers is whenever that changed, until it has ended. */
export async function followJob<Job extends Followed>(
  begun: Job,
  look: (id: string) => Promise<Job>,
  progress: (job: Job) => string,
  label = '',
): Promise<Job> {
  warn(`${label}${begun.id} was taken; it goes on in the relay if this command is stopped`);
  let [job, told] = [begun, ''];
  for (let lookMs = FIRST_LOOK_MS; job.status === 'waiting' || job.status === 'running';) {
    await wait(lookMs);
    lookMs = Math.min(lookMs * 2, MAX_LOOK_MS);
    job = await look(begun.id);
    const now = progress(job);
    if (now !== told) warn(`${label}${now}`);
    told = now;
  }
  return job;
}
