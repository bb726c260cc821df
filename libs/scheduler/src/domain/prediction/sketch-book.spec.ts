import type { ServiceQuestion, ServiceSample } from './prediction';
import { MAX_CELLS, OthersGathering, SketchBook, type StoredCell } from './sketch-book';

const QUESTION: ServiceQuestion = { target: 'a large', task: 'code', inputTokens: 100, maxTokens: null };
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A stream of 101 tokens whose first comes after a tenth of the time. */
const taking = (serviceMs: number): ServiceSample => ({ ttftMs: serviceMs / 10, outputTokens: 101, serviceMs });

describe('SketchBook', () => {
  let book: SketchBook;
  let now: number;
  beforeEach(() => {
    book = new SketchBook();
    now = 0;
  });

  /** Calls one second apart. */
  function calls(count: number, sample: (i: number) => ServiceSample, question: Partial<ServiceQuestion> = {}): void {
    for (let i = 0; i < count; i++) book.observe({ ...QUESTION, ...question }, sample(i), (now += SECOND));
  }
  const predict = (question: Partial<ServiceQuestion> = {}) => book.predict({ ...QUESTION, ...question }, now);

  it('knows nothing of a target that nobody called', () => {
    expect(predict()).toEqual({
      ...{ ttftMs: null, tpotMs: null, outputTokens: null, serviceMs: null },
      ...{ basis: 'none', samples: 0 },
    });
    calls(9, () => taking(1_000));
    expect(predict().basis).toBe('none');
    expect(predict({ target: 'another' }).basis).toBe('none');
  });

  it('gives the middle and the upper end of what calls took, within a few percent', () => {
    calls(100, (i) => taking(1_000 + 10 * i));
    const { serviceMs, ttftMs, tpotMs, outputTokens, basis } = predict();
    expect(basis).toBe('size');
    expect(serviceMs?.p50).toBeGreaterThan(1_450);
    expect(serviceMs?.p50).toBeLessThan(1_750);
    expect(serviceMs?.p90).toBeGreaterThan(1_880);
    expect(serviceMs?.p90).toBeLessThan(2_000);
    expect(ttftMs?.p90).toBeCloseTo((serviceMs?.p90 ?? 0) / 10, -1);
    expect(tpotMs?.p50).toBeCloseTo(((serviceMs?.p50 ?? 0) * 0.9) / 100, 0);
    expect(outputTokens?.p50).toBeCloseTo(101, -1);
    expect(outputTokens?.p90).toBeGreaterThanOrEqual(101);
  });

  it('backs off from prompts of that size to the task, and to the target, while there are too few calls', () => {
    calls(12, () => taking(1_000));
    expect(predict()).toMatchObject({ basis: 'target', samples: 12 });
    calls(40, () => taking(1_000), { inputTokens: 10_000 });
    expect(predict()).toMatchObject({ basis: 'task', samples: 52 });
    expect(predict({ inputTokens: 10_000 })).toMatchObject({ basis: 'size', samples: 40 });
    expect(predict({ task: 'chat' })).toMatchObject({ basis: 'target', samples: 52 });
  });

  it('tells long prompts from short ones', () => {
    calls(40, () => taking(1_000));
    calls(40, () => taking(9_000), { inputTokens: 10_000 });
    expect(predict().serviceMs?.p90).toBeLessThan(1_050);
    expect(predict({ inputTokens: 10_000 }).serviceMs?.p50).toBeGreaterThan(8_800);
  });

  it('ends an answer, and the call, where the request ends it', () => {
    calls(50, () => taking(10_000)); // 1 s and 90 ms a token
    const { outputTokens, serviceMs, ttftMs } = predict({ maxTokens: 10 });
    expect(outputTokens).toEqual({ p50: 10, p90: 10 });
    expect(serviceMs?.p90).toBeGreaterThan(1_850);
    expect(serviceMs?.p90).toBeLessThan(2_000);
    expect(serviceMs?.p50).toBeLessThanOrEqual(serviceMs?.p90 ?? 0);
    expect(ttftMs?.p50).toBeCloseTo(1_000, -2);
    expect(predict({ maxTokens: 1_000 }).serviceMs).toEqual(predict().serviceMs);
  });

  it('takes the pace of whole answers where nothing was streamed', () => {
    calls(50, () => ({ ttftMs: null, outputTokens: 100, serviceMs: 5_000 }));
    expect(predict()).toMatchObject({ ttftMs: null, tpotMs: { p50: expect.closeTo(50, 0) as number } });
    expect(predict({ maxTokens: 10 }).serviceMs?.p90).toBeLessThan(520);
    calls(50, () => taking(10_000));
    expect(predict().tpotMs?.p50).toBeCloseTo(90, -1);
  });

  it('believes within three minutes that a target takes twice as long', () => {
    calls(300, () => taking(1_000));
    calls(150, () => taking(2_000));
    expect(predict().serviceMs?.p50).toBeGreaterThan(1_950);
  });

  it('goes by calls of another size while those of this one are long past, and by old ones while there are no others', () => {
    calls(50, () => taking(1_000));
    now += 60 * MINUTE;
    expect(predict()).toMatchObject({ basis: 'size', samples: 50 });
    calls(50, () => taking(3_000), { inputTokens: 10_000 });
    expect(predict()).toMatchObject({ basis: 'task', serviceMs: { p50: expect.closeTo(3_000, -2) as number } });
  });

  it('holds nonsense within bounds', () => {
    calls(1, () => ({ ttftMs: NaN, outputTokens: NaN, serviceMs: NaN }));
    calls(50, (i) => ({ ttftMs: -5, outputTokens: 0, serviceMs: i % 2 ? Number.MAX_VALUE : 0 }));
    const { serviceMs, ttftMs } = predict();
    expect(serviceMs?.p90).toBeLessThan(3_700_000);
    expect(ttftMs?.p50).toBeGreaterThan(0);
    expect(JSON.stringify(book.takeUnsaved(now, 10))).not.toContain('null');
  });

  it('forgets the kinds of calls that were asked about least lately when there are too many', () => {
    calls(40, () => taking(1_000));
    for (let i = 0; i < MAX_CELLS; i++) calls(1, () => taking(1_000), { target: `target-${i}` });
    expect(predict().basis).toBe('none');
    calls(40, () => taking(1_000));
    for (let i = 0; i < MAX_CELLS; i++) {
      calls(1, () => taking(1_000), { target: `target-${i}` });
      predict();
    }
    expect(predict().basis).toBe('size');
  });

  describe('among several processes', () => {
    const stored = (): StoredCell[] => JSON.parse(JSON.stringify(book.takeUnsaved(now, 100))) as StoredCell[];
    function learn(other: SketchBook, cells: readonly StoredCell[], ageMs: number, at: number): void {
      const gathering = new OthersGathering(at);
      for (const cell of cells) gathering.add({ ...cell, ageMs });
      other.setOthers(gathering.finish());
    }

    it('says the same as the process that it learned from', () => {
      calls(100, (i) => taking(1_000 + 10 * i));
      const other = new SketchBook();
      learn(other, stored(), SECOND, 77);
      expect(other.predict(QUESTION, 77)).toEqual(predict());
    });

    it('adds what others saw to its own, and puts what they say later in the place of it', () => {
      calls(30, () => taking(1_000));
      const cells = stored();
      const other = new SketchBook();
      for (let i = 0; i < 30; i++) other.observe(QUESTION, taking(1_000), i);
      learn(other, cells, SECOND, MINUTE);
      expect(other.predict(QUESTION, MINUTE)).toMatchObject({ basis: 'size', samples: 60 });
      learn(other, cells, SECOND, 2 * MINUTE);
      expect(other.predict(QUESTION, 2 * MINUTE)).toMatchObject({ basis: 'size', samples: 60 });
      learn(other, [], SECOND, 3 * MINUTE);
      expect(other.predict(QUESTION, 3 * MINUTE)).toMatchObject({ basis: 'target', samples: 30 });
    });

    it('takes what was stored long ago only until it has seen enough itself', () => {
      calls(100, () => taking(1_000));
      const other = new SketchBook();
      learn(other, stored(), 60 * MINUTE, 0);
      expect(other.predict(QUESTION, 0).serviceMs?.p50).toBeCloseTo(1_000, -2);
      for (let i = 0; i < 40; i++) other.observe(QUESTION, taking(5_000), SECOND);
      expect(other.predict(QUESTION, 2 * SECOND)).toMatchObject({
        ...{ samples: 40, serviceMs: { p50: expect.closeTo(5_000, -3) as number } },
      });
    });

    it('stores all in turn, where it is too much for one time', () => {
      const names = (): string[] => book.takeUnsaved(now, 2).map(({ cell }) => cell);
      calls(1, () => taking(1_000));
      expect(names()).toEqual(['a large\ncode\n1', 'a large\ncode']);
      calls(1, () => taking(1_000));
      expect(names()).toEqual(['a large', 'a large\ncode\n1']);
    });

    it('stores what changed, and again what could not be stored', () => {
      calls(1, () => taking(1_000));
      const cells = stored();
      expect(cells.map(({ cell }) => cell)).toEqual(['a large\ncode\n1', 'a large\ncode', 'a large']);
      expect(stored()).toEqual([]);
      book.notStored(cells.slice(0, 1));
      expect(stored().map(({ cell }) => cell)).toEqual(['a large\ncode\n1']);
    });
  });
});
