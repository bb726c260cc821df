import { meanOf, piecesOf } from './passage';

const floats = (...values: number[]): Float32Array => Float32Array.from(values);

describe('a passage', () => {
  it('is one piece if it is short, and none if there is nothing in it', () => {
    expect(piecesOf(' a short answer \n')).toEqual(['a short answer']);
    expect(piecesOf(' \n ')).toEqual([]);
  });

  it('is cut between words, or where it must be', () => {
    const words = 'abcdefg '.repeat(100).trim();
    const pieces = piecesOf(words);
    expect(pieces.join(' ')).toBe(words);
    for (const { length } of pieces) expect(length).toBeLessThanOrEqual(400);
    expect(piecesOf('x'.repeat(900)).map(({ length }) => length)).toEqual([400, 400, 100]);
  });

  it('is read up to the eighth piece', () => {
    expect(piecesOf('x'.repeat(100_000))).toHaveLength(8);
  });

  it('has the mean of its pieces, weighted by their length, as its vector', () => {
    expect(meanOf(['aaaa', 'bbb'], [floats(1, 0), floats(0, 1)])).toEqual(floats(0.8, 0.6));
    expect(meanOf(['a'], [floats(0, 1)])).toEqual(floats(0, 1));
  });

  it('has none if a piece has none', () => {
    expect(meanOf(['a', 'b'], [floats(1, 0), null])).toBeNull();
    expect(meanOf([], [])).toBeNull();
    expect(meanOf(['a', 'b'], [floats(1, 0), floats(-1, 0)])).toBeNull();
  });
});
