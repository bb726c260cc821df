import { Injectable } from '@nestjs/common';
import { Metrics } from '@relay/trace';
import { AnswerWriter } from './answer-writer';
import { LeaseKeeper } from './lease-keeper';
import { LineAsker } from './line-asker';

/** Lets the metrics read what this worker does with lines of batches (docs/batches.md). */
@Injectable()
export class BatchMetrics {
  constructor(metrics: Metrics, answers: AnswerWriter, asker: LineAsker, leases: LeaseKeeper) {
    metrics.watch([
      {
        name: 'relay_batch_lines_total',
        help: 'Lines of batches that were answered',
        type: 'counter',
        label: 'outcome',
        read: () => answers.counts,
      },
      {
        name: 'relay_batch_lines_put_off_total',
        help: 'How often a line of a batch was told to come again',
        type: 'counter',
        read: () => ({ '': asker.putOff }),
      },
      {
        name: 'relay_batch_lines_held',
        help: 'Lines of batches that this worker asks now',
        type: 'gauge',
        read: () => ({ '': leases.heldLines }),
      },
    ]);
  }
}
