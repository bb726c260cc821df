import fc from 'fast-check';
import { vectorText } from './vector-text';

const numbersOf = (text: string | null): number[] => JSON.parse(text ?? 'null') as number[];

describe('vectorText', () => {
  it('writes each value to the nearest 1e-7', () => {
    const vector = Float32Array.of(1, -0.5, 0.000_000_16, -0.000_000_04, 9.87654321);
    expect(vectorText(vector)).toBe('[10000000e-7,-5000000e-7,2e-7,0e-7,98765430e-7]');
  });

  it('keeps every value of every vector that it takes', () => {
    const value = fc.float({ min: Math.fround(-9.9), max: Math.fround(9.9), noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
        const vector = Float32Array.from(values);
        const text = vectorText(vector);
        fc.pre(text !== null);
        const read = numbersOf(text);
        expect(read).toHaveLength(vector.length);
        for (const [i, one] of read.entries()) expect(Math.abs(one - (vector[i] ?? NaN))).toBeLessThanOrEqual(5.01e-8);
      }),
    );
  });

  it.each([
    ['no dimensions', []],
    ['no direction', [0, 0, 0]],
    ['a length far below 1', [0.05, 0.05]],
    ['a length far above 1', [10, 0.1]],
    ['a value that is none', [1, NaN]],
    ['a value without end', [1, Infinity]],
    ['more dimensions than an index takes', Array<number>(4_001).fill(0.1)],
  ])('gives null for %s', (_, values) => {
    expect(vectorText(Float32Array.from(values))).toBeNull();
  });
});
