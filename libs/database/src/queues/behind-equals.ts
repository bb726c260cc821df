import type { Job } from 'bullmq';

/**
 * Gives back a job that whoever works on it has not ended, behind all that wait with this priority. The queue itself puts one that has a
 * priority back in front of its equals, from where the next fetch would get it again. Rejects when the queue is away, or the job lost.
 */
export async function moveBehindEquals(job: Job, token: string | undefined, priority: number): Promise<void> {
  await job.moveToWait(token);
  // It is somebody else's from here on: one that was fetched at once, or could not be moved, has its turn too early.
  await job.changePriority({ priority }).catch(() => undefined);
}
