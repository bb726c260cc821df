import fc from 'fast-check';
import { type TestDatabase } from '@relay/testing';
import { storeBackends } from '../../../test/store-backends';
import { vectorBytes, vectorText } from './vector-bytes';

describe('vectorBytes', () => {
  it('has a twin in text, to the nearest 1e-7', () => {
    const vector = Float32Array.of(1, -0.5, 0.000_000_16, -0.000_000_04, 9.87654321);
    expect(vectorText(vector)).toBe('[10000000e-7,-5000000e-7,2e-7,0e-7,98765430e-7]');
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
    expect(vectorBytes(Float32Array.from(values))).toBeNull();
    expect(vectorText(Float32Array.from(values))).toBeNull();
  });
});

describe.each(storeBackends('vectors in binary', 'relay_vector_bytes'))('vectorBytes, read by %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await open()), 60_000);
  afterAll(() => database?.close());

  it('is every value of every vector that can be stored', async () => {
    const value = fc.float({ min: Math.fround(-9.9), max: Math.fround(9.9), noNaN: true });
    const vectors = fc
      .oneof(fc.array(value, { minLength: 1, maxLength: 40 }), fc.constant(Array<number>(4_000).fill(0.015)))
      .map((values) => Float32Array.from(values));
    await fc.assert(
      fc.asyncProperty(vectors, async (vector) => {
        const bytes = vectorBytes(vector);
        fc.pre(bytes !== null);
        const [row] = await database.dataSource.query<{ read: string }[]>('SELECT $1::vector::text AS read', [bytes]);
        expect(Float32Array.from(JSON.parse(row?.read ?? '[]') as number[])).toEqual(vector.map((each) => each + 0)); // no -0
      }),
      { numRuns: 50 },
    );
  });
});
