import { isMet } from '../report';
import { figuresOf, type Figures } from './figures';
import { goalsOf } from './goals';
import type { Measured } from './measure-stream';

/** Of 100 requests. */
const figures = (hits: number, wrong: number): Figures =>
  figuresOf(Array.from({ length: 100 }, (_, i) => ({ exact: false, hit: i < hits, wrong: i < wrong })));
const row = (name: string, hits: number, wrong: number, more: Partial<Measured>): Measured => {
  const all = figures(hits, wrong);
  return {
    name,
    guards: true,
    budget: null,
    threshold: null,
    thorough: false,
    all,
    later: all,
    judgedPer1k: 0,
    ...more,
  };
};
const fixed = (hits: number, wrong: number): Measured => row('static', hits, wrong, { guards: false, threshold: 0.9 });
const goals = (...rows: Measured[]) =>
  goalsOf({ stream: 'S', order: 'shuffled', rows }).map((goal) => [Number(goal.value.toFixed(2)), isMet(goal)]);
const verified = (hits: number, wrong: number): Measured => row('verified', hits, wrong, { budget: 0.1 });

describe('the goals of a stream', () => {
  it('are met by few errors among hits, and by more hits than a threshold has at as few', () => {
    expect(goals(verified(50, 2), fixed(40, 1), fixed(60, 6))).toEqual([[0.04, true], [0.1, true]]); // prettier-ignore
    expect(goals(verified(50, 6), fixed(70, 7))).toEqual([[0.12, false], [-0.2, false]]); // prettier-ignore
  });

  it('are met by serving nothing only where no threshold could serve anything within the budget', () => {
    expect(goals(verified(0, 0), fixed(40, 4))).toEqual([[0.4, false]]);
    expect(goals(verified(0, 0), fixed(40, 5))).toEqual([[0, true]]);
    expect(goals(verified(0, 0))).toEqual([[0, true]]);
  });

  it('are finite where no threshold has hits at so few errors', () => {
    expect(goals(verified(50, 0), fixed(60, 6))).toEqual([[0, true], [0.5, true]]); // prettier-ignore
  });
});
