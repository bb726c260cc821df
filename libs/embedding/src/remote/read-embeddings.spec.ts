import { readEmbeddings } from './read-embeddings';

const base64 = (...values: number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64');
const reply = (...embeddings: unknown[]): unknown => ({
  object: 'list',
  data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })),
});

describe('the embeddings of an answer', () => {
  it('are read as numbers and as Base64, and made to have length 1', () => {
    const expected = [Float32Array.of(0.6, 0.8), Float32Array.of(-1, 0)];
    expect(readEmbeddings(reply([3, 4], [-2, 0]), 2)).toEqual(expected);
    expect(readEmbeddings(reply(base64(3, 4), base64(-2, 0)), 2)).toEqual(expected);
  });

  it('are put in the order of the texts', () => {
    const data = [
      { index: 1, embedding: [0, 1] },
      { index: 0, embedding: [1, 0] },
    ];
    expect(readEmbeddings({ data }, 2)).toEqual([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
  });

  it('keep their direction however small or large the numbers are', () => {
    expect(readEmbeddings(reply([3e-30, 4e-30], [3e30, 4e30]), 2)).toEqual([
      Float32Array.of(0.6, 0.8),
      Float32Array.of(0.6, 0.8),
    ]);
  });

  it.each([
    ['no object', 'embeddings'],
    ['an error', { error: { message: 'no' } }],
    ['too few', reply([1, 0])],
    ['too many', reply([1, 0], [1, 0], [1, 0])],
    ['one twice', { data: [1, 1].map((index) => ({ index, embedding: [1, 0] })) }],
    ['an index beyond', { data: [0, 2].map((index) => ({ index, embedding: [1, 0] })) }],
    ['different dimensions', reply([1, 0], [1, 0, 0])],
    ['a single dimension', reply([1], [1])],
    ['no dimension', reply([], [])],
    ['more dimensions than can be stored', reply(Array(4_001).fill(1), Array(4_001).fill(1))],
    ['zeros only', reply([0, 0], [1, 0])],
    ['null for a number', reply([null, 1], [1, 0])],
    ['NaN', reply(base64(NaN, 1), base64(1, 0))],
    ['infinity', reply(base64(Infinity, 1), base64(1, 0))],
    ['text that is no Base64', reply('<html>!', base64(1, 0))],
    ['half a number', reply('AAAA', base64(1, 0))],
  ])('are refused when there are %s', (_name, answer) => {
    expect(() => readEmbeddings(answer, 2)).toThrow();
  });
});
