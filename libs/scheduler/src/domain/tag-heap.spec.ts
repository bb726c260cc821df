import fc from 'fast-check';
import { TagHeap } from './tag-heap';

describe('TagHeap', () => {
  it('knows the lowest tag of what still stands, whatever comes and goes', () => {
    const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant('take' as const)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        const standing = new Map<string, number>();
        const heap = new TagHeap((id) => standing.has(id));
        all.forEach((step, i) => {
          if (step === 'take') standing.delete([...standing.keys()][i % Math.max(1, standing.size)] ?? '');
          else {
            standing.set(`t${i}`, step);
            heap.add(`t${i}`, step);
          }
          expect(heap.lowest() ?? Infinity).toBe(Math.min(Infinity, ...standing.values()));
        });
      }),
    );
  });
});
