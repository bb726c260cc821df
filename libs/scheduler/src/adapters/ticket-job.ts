import { type QueueClass, type QueueName, QUEUES } from '@relay/contracts';
import type { LineTicket } from '../ports/ticket-line.port';

/** One BullMQ queue a class of work. */
export const QUEUE_OF = { short: QUEUES.inferenceShort, long: QUEUES.inferenceLong } as const satisfies Record<
  QueueClass,
  QueueName
>;

/** A ticket as a job. Nothing is kept of it once it is done. */
export function ticketJob({ id, priority, data }: LineTicket) {
  return { name: 'ticket', data, opts: { jobId: id, priority, removeOnComplete: true, removeOnFail: true } };
}
