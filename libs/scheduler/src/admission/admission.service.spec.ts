import { FakeClock } from '@relay/testing';
import { granted, memoryBackend, POOL, requestOf, startScheduler } from '../../test/scheduler-harness';
import { SketchBook } from '../domain/prediction/sketch-book';
import type { Scheduler } from '../scheduler.service';
import type { Slot } from '../slot';
import { Admission, type AdmissionQuestion } from './admission.service';

const TARGET = `${POOL} model`;
const CALL_MS = 1_000;
const ENOUGH_CALLS = 60;

describe('admission to a pool', () => {
  let clock: FakeClock;
  let scheduler: Scheduler;
  let admission: Admission;
  let asked: number;
  const held: Slot[] = [];

  beforeEach(async () => {
    clock = new FakeClock();
    scheduler = startScheduler(memoryBackend(clock), {}, clock).scheduler;
    const book = new SketchBook();
    asked = 0;
    const predictions = {
      predict: (question: Parameters<SketchBook['predict']>[0]) => {
        asked++;
        return book.predict(question, clock.monotonic());
      },
    };
    admission = new Admission(scheduler, predictions, clock, () => 0);
    for (let i = 0; i < ENOUGH_CALLS; i++) {
      const slot = granted(await scheduler.admit(requestOf('acme')));
      clock.advance(CALL_MS);
      slot.release({ ended: 'completed' });
      const question = { target: TARGET, task: '', inputTokens: 10, maxTokens: null };
      book.observe(question, { ttftMs: null, outputTokens: 50, serviceMs: CALL_MS }, clock.monotonic());
      admission.answered(TARGET, CALL_MS);
    }
  });
  afterEach(async () => {
    for (const slot of held.splice(0)) slot.release();
    await scheduler.close();
  });

  const question = (tenantId: string, leftMs: number, changes: Partial<AdmissionQuestion> = {}): AdmissionQuestion => ({
    request: requestOf(tenantId),
    ...{ task: '', inputTokens: 10, level: 'standard', leftMs },
    ...{ planned: { poolId: POOL, target: TARGET, maxTokens: null }, usd: null },
    ...{ steps: ['shed-batch'], alternatives: [], cuts: [], looserCache: false },
    ...changes,
  });

  /** The one slot is taken, and `waiting` requests of the tenant wait for it. */
  const fill = async (tenantId: string, waiting: number): Promise<void> => {
    held.push(granted(await scheduler.admit(requestOf('acme'))));
    const deadlineAt = clock.now() + 600_000;
    for (let i = 0; i < waiting; i++) {
      void scheduler.admit(requestOf(tenantId, { deadlineAt })).then((got) => got.ok && held.push(got.value));
    }
  };

  it('asks nobody how long it will take while a slot is free', () => {
    expect(admission.decide(question('acme', 1))).toMatchObject({ kind: 'admitted', met: { strain: 0, waitMs: 0 } });
    expect(asked).toBe(0);
  });

  it('refuses what would be late, with the time that the work ahead takes', async () => {
    await fill('acme', 5);
    const verdict = admission.decide(question('acme', 2 * CALL_MS));
    expect(verdict).toMatchObject({ kind: 'refused', reason: 'late' });
    if (verdict.kind !== 'refused') return;
    const { code, retryAfterSeconds } = admission.refusal(verdict);
    expect([code, retryAfterSeconds]).toEqual(['overloaded', (verdict.met.waitMs ?? 0) / 1_000]);
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(5);
    expect(admission.decide(question('acme', 60 * CALL_MS)).kind).toBe('admitted');
  });

  it('sheds batch work of the tenant that is late, and of no other, until nobody was late for a while', async () => {
    await fill('flood', 9);
    const batch = (tenantId: string) => admission.decide(question(tenantId, 600_000, { level: 'batch' })).kind;
    expect([batch('flood'), admission.isDegrading(POOL)]).toEqual(['admitted', false]);
    admission.decide(question('flood', 3 * CALL_MS));
    expect([batch('flood'), batch('polite'), admission.isDegrading(POOL)]).toEqual(['refused', 'admitted', true]);
    clock.advance(5_000);
    expect([batch('flood'), admission.isDegrading(POOL)]).toEqual(['admitted', false]);
  });

  it('is not made to shed by a deadline that nobody could meet', async () => {
    await fill('acme', 1);
    expect(admission.decide(question('acme', CALL_MS / 2))).toMatchObject({ kind: 'refused', reason: 'no-time' });
    expect(admission.isDegrading(POOL)).toBe(false);
  });

  it('counts what became of requests', async () => {
    admission.decide(question('acme', 1_000));
    await fill('acme', 5);
    admission.decide(question('acme', 2 * CALL_MS));
    expect([...admission.outcomes()]).toEqual([
      { pool: POOL, outcome: 'admitted', count: 1 },
      { pool: POOL, outcome: 'refused_late', count: 1 },
    ]);
  });
});
