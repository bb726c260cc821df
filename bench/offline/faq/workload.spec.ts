import { seededRandom } from '../../training/random';
import { zipfWorkload, type Wordings } from './workload';

describe('zipfWorkload', () => {
  const prompts = Array.from({ length: 40 }, (_, i) => `question ${i}`);
  const relation = (one: number, other: number): boolean => one >> 2 === other >> 2; // ten intents of four wordings
  const workload = (wordings: Wordings): Int32Array =>
    zipfWorkload({ prompts, relation }, { requests: 20_000, wordings }, seededRandom(3));
  const counted = (of: (prompt: number) => number, order = workload('by Zipf')): number[] => {
    const counts = new Map<number, number>();
    for (const prompt of order) counts.set(of(prompt), (counts.get(of(prompt)) ?? 0) + 1);
    return [...counts.values()].sort((a, b) => b - a);
  };

  it('asks the first question twice as often as the second, and ten times as often as the tenth', () => {
    const [first = 0, second = 1, ...rest] = counted((prompt) => prompt >> 2);
    expect(first / second).toBeCloseTo(2, 0);
    expect(first / (rest.at(-1) ?? 1)).toBeGreaterThan(8);
  });

  it('asks it in each of its words as often where they are all alike', () => {
    const [most = 0, ...rest] = counted((prompt) => prompt, workload('all alike'));
    expect(most / (rest[2] ?? 1)).toBeLessThan(1.1);
  });

  it('asks it in all of its words, some more often than others', () => {
    const wordings = counted((prompt) => prompt);
    expect(wordings).toHaveLength(40);
    expect((wordings[0] ?? 0) / 20_000).toBeCloseTo(0.341 * 0.48, 1);
  });
});
