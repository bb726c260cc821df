import { Metrics } from '@relay/trace';
import type { AnswerWriter } from './answer-writer';
import { BatchMetrics } from './batch-metrics';
import type { LeaseKeeper } from './lease-keeper';
import type { LineAsker } from './line-asker';

describe('metrics of batches', () => {
  it('count each line once, by what came of it, and apart from that how often one was put off', async () => {
    const metrics = new Metrics();
    const answers = { counts: { completed: 3, failed: 2 } } as AnswerWriter;
    new BatchMetrics(metrics, answers, { putOff: 7 } as LineAsker, { heldLines: 4 } as LeaseKeeper);
    const lines = (await metrics.render()).split('\n').filter((line) => line.startsWith('relay_batch'));
    expect(lines.sort()).toEqual([
      'relay_batch_lines_held 4',
      'relay_batch_lines_put_off_total 7',
      'relay_batch_lines_total{outcome="completed"} 3',
      'relay_batch_lines_total{outcome="failed"} 2',
    ]);
  });
});
