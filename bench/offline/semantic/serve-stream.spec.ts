import { fixed, verified } from './modes';
import { serveStream, type Served } from './serve-stream';

/** Four questions, the first two and the last two of one intent; all are 0.9 alike. */
const served: Served = {
  nearest: [0, 1, 2, 3].map((one) =>
    [0, 1, 2, 3]
      .filter((other) => other !== one)
      .map((index) => ({ index, similarity: 0.9 - Math.abs(one - index) / 100 }))
      .sort((a, b) => b.similarity - a.similarity),
  ),
  relation: (one, other) => one >> 1 === other >> 1,
  objects: () => false,
  likeness: (_asked, { similarity }) => similarity,
};

describe('serveStream', () => {
  it('serves what is stored and near enough, right or wrong, and stores the rest', () => {
    const { outcomes } = serveStream(served, [0, 1, 2, 3], fixed(0.885), 1);
    expect(outcomes.map(({ hit, wrong }) => [hit, wrong])).toEqual([
      [false, false],
      [true, false],
      [false, false], // its nearest was served, so is not stored
      [true, false],
    ]);
    expect(serveStream(served, [0, 2], fixed(0.8), 1).outcomes[1]).toEqual({ exact: false, hit: true, wrong: true });
  });

  it('lets guards object', () => {
    const { outcomes } = serveStream({ ...served, objects: () => true }, [0, 1], fixed(0.5), 1);
    expect(outcomes.some(({ hit }) => hit)).toBe(false);
  });

  it('answers the same words from the exact cache', () => {
    const { outcomes } = serveStream(served, [0, 0], fixed(0.5), 1);
    expect(outcomes[1]).toEqual({ exact: true, hit: false, wrong: false });
  });

  it('judges misses near an entry, and serves nothing before it knows enough', () => {
    const { outcomes, judged, state } = serveStream(served, [0, 1, 2, 3], verified(0.05, { labelShare: 1 }), 1);
    expect(outcomes.some(({ hit }) => hit)).toBe(false);
    expect([judged, state.threshold, state.labels]).toEqual([3, null, 3]);
  });
});
