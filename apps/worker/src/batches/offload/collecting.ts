import { splitLines, type ProviderBatch, type ProviderBatchStore } from '@relay/batches';
import type { Clock } from '@relay/core';
import type { BatchApi } from '@relay/providers';
import { answerIn, type Answer, refOf } from './names';
import { reading } from './provider-fault';

/** A line of a provider's results may have so many bytes. */
const MAX_RESULT_BYTES = 67_108_864;
/** Answers that are stored in one statement: so many, or so many bytes. */
const RESULTS_AT_ONCE = 200;
const BYTES_AT_ONCE = 4_194_304;

/** Stores what a provider answered. Done again after an interruption, it stores the rest. */
export async function collect(
  one: ProviderBatch,
  results: AsyncIterable<Buffer>,
  { store, api, clock }: { store: ProviderBatchStore; api: BatchApi; clock: Clock },
): Promise<void> {
  let [held, bytes]: [Answer[], number] = [[], 0];
  const keep = async (): Promise<void> => {
    if (held.length > 0) await store.keep(one, held, clock.now());
    [held, bytes] = [[], 0];
  };
  for await (const line of splitLines(reading(results), MAX_RESULT_BYTES)) {
    const answer = 'bytes' in line ? answerIn(api.readResult(line.bytes), refOf(one)) : null;
    if (answer === null) continue;
    held.push(answer);
    bytes += answer.body.length;
    if (held.length >= RESULTS_AT_ONCE || bytes >= BYTES_AT_ONCE) await keep();
  }
  await keep();
}
