import type { Metrics } from '@relay/trace';
import type { Logger } from 'pino';

/**
 * A promise that failed unheard is the defect of one request or timer; to end for it, as Node does, would cut off the streams of all tenants.
 * Uncaught exceptions still end the process, since they leave what they broke out of half done.
 */
export function goOnAfterRejections(
  source: Pick<NodeJS.EventEmitter, 'on'>,
  logger: Pick<Logger, 'error'>,
  metrics: Pick<Metrics, 'countUnhandledRejection'>,
): void {
  source.on('unhandledRejection', (reason: unknown) => {
    metrics.countUnhandledRejection();
    logger.error({ err: reason }, 'a promise failed that nobody waited for: a defect of the relay, please report it');
  });
}
