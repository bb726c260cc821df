import { FakeClock, Gate } from '@relay/testing';
import { aTrace } from '../../test/trace-record.builder';
import { contextOf } from './domain/request-context';
import type { FinishedTrace } from './finished-trace';
import { BATCH_DELAY_MS, MAX_BATCH_TRACES, MAX_QUEUED_TRACES, TraceFeed } from './trace-feed';

function finished(): FinishedTrace {
  const record = aTrace(0);
  return { record, context: contextOf({ traceId: record.id }, 1), words: null };
}

describe('the line of traces before the collector', () => {
  const clock = new FakeClock();
  let batches: number[];
  let problems: (string | null)[];
  let answer: () => Promise<string | null>;
  let feed: TraceFeed;
  beforeEach(() => {
    batches = [];
    problems = [];
    answer = () => Promise.resolve(null);
    feed = new TraceFeed(
      (traces) => {
        batches.push(traces.length);
        return answer();
      },
      clock,
      (problem) => problems.push(problem),
    );
  });
  const push = (count: number): void => {
    for (let n = 0; n < count; n++) feed.push(finished());
  };

  it('waits a moment for others, then sends them together', async () => {
    push(3);
    expect(batches).toEqual([]);
    clock.advance(BATCH_DELAY_MS);
    await feed.drain();
    expect(batches).toEqual([3]);
    expect(feed.outcomes).toEqual({ exported: 3, failed: 0, queue_full: 0 });
  });

  it('sends what is more than one export holds one after the other', async () => {
    push(MAX_BATCH_TRACES * 2 + 1);
    await feed.drain();
    expect(batches).toEqual([MAX_BATCH_TRACES, MAX_BATCH_TRACES, 1]);
  });

  it('is bounded while the collector is silent, and counts what it dropped', async () => {
    const gate = new Gate();
    answer = () => gate.opened.then(() => null);
    push(MAX_QUEUED_TRACES);
    clock.advance(BATCH_DELAY_MS); // one batch is under way
    push(MAX_BATCH_TRACES + 10);
    expect(feed.queued).toBe(MAX_QUEUED_TRACES);
    expect(feed.outcomes.queue_full).toBe(10);
    expect(batches).toHaveLength(1);
    gate.open();
    await feed.drain();
    expect(feed.outcomes.exported).toBe(MAX_QUEUED_TRACES + MAX_BATCH_TRACES);
    expect(feed.queued).toBe(0);
  });

  it('counts what failed, and says once that it does and once that it no longer does', async () => {
    answer = () => Promise.resolve('503');
    push(MAX_BATCH_TRACES * 2);
    await feed.drain();
    answer = () => Promise.resolve(null);
    push(1);
    await feed.drain();
    push(1);
    await feed.drain();
    expect(feed.outcomes).toEqual({ exported: 2, failed: MAX_BATCH_TRACES * 2, queue_full: 0 });
    expect(problems).toEqual(['503', null]);
  });

  it('goes on with what comes after it was empty', async () => {
    push(1);
    await feed.drain();
    push(1);
    clock.advance(BATCH_DELAY_MS);
    await feed.drain();
    expect(batches).toEqual([1, 1]);
  });
});
