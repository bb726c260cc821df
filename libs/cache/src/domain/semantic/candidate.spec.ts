import { candidateOf, neighbourhoodOf, rivalsOf } from './candidate';
import type { Placed } from './surroundings';

interface Entry extends Placed {
  readonly name: string;
  readonly likeness: number;
}

const entry = (
  name: string,
  answerId: string,
  similarity: number,
  likeness = -3,
  record: number | null = null,
): Entry => ({
  ...{ name, answerId, similarity, likeness, record },
});
const near = (...found: Entry[]) => neighbourhoodOf(found, ({ name }) => !name.startsWith('guarded'));
const likenessOf = ({ likeness }: Entry): number => likeness;
const learning = { mode: 'verified' } as const;
const score = (first: Entry, ...others: Entry[]): number =>
  candidateOf(near(first, ...others), likenessOf, learning)?.score ?? 0;

describe('the candidate of a look-up', () => {
  it('is the nearest that fits in modes with a fixed threshold, and the best score in modes that learn', () => {
    const found = near(entry('guarded', 'z', 0.99, 9), entry('nearest', 'a', 0.9), entry('alike', 'b', 0.89, 3));
    expect(candidateOf(found, likenessOf, { mode: 'static' })?.name).toBe('nearest');
    expect(candidateOf(found, likenessOf, learning)?.name).toBe('alike');
    expect(candidateOf(near(entry('guarded', 'z', 0.99)), likenessOf, learning)).toBeUndefined();
  });

  it('scores higher with a clear lead than beside another answer that is as near', () => {
    const mine = entry('mine', 'a', 0.9);
    expect(score(mine, entry('far', 'b', 0.7))).toBeGreaterThan(score(mine, entry('close', 'b', 0.89)) + 0.1);
  });

  it('scores lower when its answer was wrong of late', () => {
    const wrong = entry('mine', 'a', 0.9, -2, 0.1);
    expect(score(wrong)).toBeLessThan(score({ ...wrong, record: 1 }) - 0.1);
  });

  it('has the other answers near by as rivals, an entry of each, the best first', () => {
    const mine = entry('mine', 'a', 0.9, 3);
    const found = near(mine, entry('b1', 'b', 0.85, 0), entry('b2', 'b', 0.8, 1), entry('c', 'c', 0.7, 2));
    expect(rivalsOf(found, mine, likenessOf).map(({ name }) => name)).toEqual(['c', 'b2']);
  });
});
