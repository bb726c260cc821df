import fc from 'fast-check';
import { OLD_MARK_MS } from './condense-marks';
import { hasLabels } from './labels';
import type { Mark } from './mark';
import { MarkSet } from './mark-set';

const answer = (epoch: number, ...labels: string[]) => ({ epoch, labels });

describe('a set of marks', () => {
  it('voids nothing before the first', () => {
    expect(new MarkSet().voids(answer(0, 'tenant:acme'))).toBe(false);
  });

  it('voids what fits and did not know of it, and nothing else', () => {
    const marks = new MarkSet();
    marks.add({ labels: ['model:small', 'tenant:acme'], epoch: 5 });
    expect(marks.voids(answer(4, 'tenant:acme', 'model:small', 'tag:x'))).toBe(true);
    expect(marks.voids(answer(5, 'tenant:acme', 'model:small'))).toBe(false);
    expect(marks.voids(answer(4, 'tenant:acme', 'model:large'))).toBe(false);
    expect(marks.voids(answer(4, 'tenant:globex', 'model:small'))).toBe(false);
  });

  it('knows the newest that may concern a tenant, whoever else was marked', () => {
    const marks = new MarkSet();
    marks.add({ labels: ['tag:x', 'tenant:globex'], epoch: 7 });
    marks.add({ labels: ['owner:g:support@1'], epoch: 8 });
    expect([marks.epochOf('acme'), marks.epochOf('globex'), marks.epoch]).toEqual([0, 7, 8]);
    marks.add({ labels: ['tenant:acme'], epoch: 9 });
    expect([marks.epochOf('acme'), marks.epochOf('globex')]).toEqual([9, 7]);
    marks.add({ labels: ['model:small'], epoch: 10 });
    expect([marks.epochOf('acme'), marks.epochOf('globex')]).toEqual([10, 10]);
    marks.add({ labels: [], epoch: 11 });
    expect(marks.epochOf('acme')).toBe(11);
  });

  it('agrees with looking at every mark, in whatever order they come', () => {
    const label = fc.constantFrom('tenant:a', 'tenant:b', 'model:m', 'tag:x', 'tag:y', 'key:k');
    const labels = fc.uniqueArray(label, { maxLength: 3 }).map((list) => list.sort());
    const mark = fc.record({ labels, epoch: fc.integer({ min: 1, max: 20 }) });
    const asked = fc.record({ labels: fc.uniqueArray(label), epoch: fc.integer({ min: 0, max: 21 }) });
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 12 }), asked, (list: Mark[], { labels: has, epoch }) => {
        const marks = new MarkSet();
        for (const one of list) marks.add(one);
        const expected = list.some((one) => one.epoch > epoch && hasLabels(has, one.labels));
        expect(marks.voids({ labels: has, epoch })).toBe(expected);
        if (expected && has.includes('tenant:a') && !has.includes('tenant:b'))
          expect(marks.epochOf('a')).toBeGreaterThan(epoch);
        expect(marks.epoch).toBe(Math.max(0, ...list.map((one) => one.epoch)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is bounded, and when it is full voids more rather than less', () => {
    const most = 100;
    const marks = new MarkSet(most);
    const epochs = Array.from({ length: 1_000 }, (_, i) => i + 1);
    for (const epoch of epochs) {
      marks.add({ labels: [`tag:${epoch}`], epoch });
      expect(marks.size).toBeLessThanOrEqual(most + 1);
    }
    for (const epoch of epochs) expect(marks.voids(answer(epoch - 1, `tag:${epoch}`))).toBe(true);
    expect(marks.voids(answer(1_000, 'tag:1000'))).toBe(false);
    expect(marks.voids(answer(990, 'tag:other'))).toBe(false); // not everything
  });

  it('that one tenant has filled voids more of that tenant only, and first what is longest ago', () => {
    const marks = new MarkSet(100);
    marks.add({ labels: ['owner:g:support', 'tag:x'], epoch: 1 });
    for (let epoch = 2; epoch <= 102; epoch++) marks.add({ labels: [`key:${epoch}`, 'tenant:loud'], epoch });
    expect(marks.size).toBeLessThanOrEqual(100);
    for (let epoch = 2; epoch <= 102; epoch++) {
      expect(marks.voids(answer(epoch - 1, `key:${epoch}`, 'tenant:loud'))).toBe(true);
    }
    expect(marks.voids(answer(5, 'key:other', 'tenant:loud'))).toBe(true);
    expect(marks.voids(answer(101, 'key:other', 'tenant:loud'))).toBe(false);
    expect(marks.voids(answer(0, 'key:other', 'tenant:quiet'))).toBe(false);
    expect(marks.voids(answer(0, 'key:other', 'owner:g:support'))).toBe(false);
    expect(marks.voids(answer(0, 'owner:g:support', 'tag:x'))).toBe(true);
  });

  it('when it is full forgets what was marked long ago, and serves nothing that is older', () => {
    const marks = new MarkSet(10);
    for (let epoch = 1; epoch <= 10; epoch++) marks.add({ labels: [`tenant:${epoch}`], epoch });
    const now = OLD_MARK_MS + 10;
    marks.add({ labels: ['tenant:new'], epoch: now });
    expect(marks.size).toBe(2);
    expect(marks.voids(answer(9, 'tenant:other'))).toBe(true);
    expect(marks.voids(answer(10, 'tenant:10'))).toBe(false);
    expect(marks.voids(answer(now - 1, 'tenant:new'))).toBe(true);
  });

  it('keeps one mark for the same labels', () => {
    const marks = new MarkSet();
    for (let epoch = 1; epoch <= 50; epoch++) marks.add({ labels: ['tag:x'], epoch });
    marks.add({ labels: ['tag:x'], epoch: 3 });
    expect(marks.size).toBe(1);
    expect(marks.voids(answer(49, 'tag:x'))).toBe(true);
  });
});
