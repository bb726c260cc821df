import { DEFAULT_FEATURES, featureCount, Featuriser, type SparseVector } from './featuriser';

const WORDS = 2 ** DEFAULT_FEATURES.wordBits;
const CHARACTERS = 2 ** DEFAULT_FEATURES.characterBits;

const entries = ({ indices, values, size }: SparseVector): [number, number][] =>
  Array.from({ length: size }, (_, i) => [indices[i] ?? -1, values[i] ?? 0]);
const lengthOf = (part: readonly [number, number][]): number => Math.hypot(...part.map(([, value]) => value));

describe('Featuriser', () => {
  const featuriser = new Featuriser(DEFAULT_FEATURES);
  const of = (text: string): [number, number][] => entries(featuriser.featurise(text));
  const words = (text: string): [number, number][] => of(text).filter(([index]) => index < WORDS);

  it('gives a text the same features whatever it was asked before', () => {
    const text = 'Write a function that adds two numbers.\n```ts\nadd(1, 2)\n```';
    const first = of(text);
    of('something else entirely');
    expect(of(text)).toEqual(first);
    expect(entries(new Featuriser(DEFAULT_FEATURES).featurise(text))).toEqual(first);
  });

  it('scales words, n-grams of characters and format to length 1 each, however long the text', () => {
    for (const text of ['why?', 'one two three four '.repeat(150)]) {
      const all = of(text);
      expect(lengthOf(all.filter(([index]) => index < WORDS))).toBeCloseTo(1, 5);
      expect(lengthOf(all.filter(([index]) => index >= WORDS && index < WORDS + CHARACTERS))).toBeCloseTo(1, 5);
      expect(lengthOf(all.filter(([index]) => index >= WORDS + CHARACTERS))).toBeCloseTo(1, 5);
    }
  });

  it('keeps every index within the count of features, and names none twice', () => {
    const indices = of('Ünïcödé 混合 text ➜ with 123,456 and \\frac{1}{2}?\n- a\n- b').map(([index]) => index);
    expect(Math.max(...indices)).toBeLessThan(featureCount(DEFAULT_FEATURES));
    expect(new Set(indices).size).toBe(indices.length);
  });

  it('takes all numbers of the same length for one word, and upper for lower case', () => {
    expect(words('Add 17 APPLES')).toEqual(words('add 94 apples'));
    expect(words('add 17 apples')).not.toEqual(words('add 175 apples'));
  });

  it('knows the order of neighbouring words', () => {
    expect(words('dog bites man')).not.toEqual(words('man bites dog'));
  });

  it('reads scripts without spaces character by character', () => {
    const shared = (a: string, b: string): number => {
      const inA = new Set(words(a).map(([index]) => index));
      return words(b).filter(([index]) => inA.has(index)).length;
    };
    expect(shared('写一个函数', '请写函数')).toBeGreaterThanOrEqual(3);
  });

  it('weighs a feature by the weight it is given', () => {
    const weights = new Float32Array(featureCount(DEFAULT_FEATURES)).fill(1);
    const [[index] = [0]] = words('rare');
    weights[index] = 10;
    const weighted = entries(new Featuriser(DEFAULT_FEATURES, weights).featurise('rare word'));
    const value = weighted.find(([one]) => one === index)?.[1] ?? 0;
    expect(value).toBeGreaterThan(0.95);
  });

  it('finds nothing in an empty text but its format', () => {
    for (const text of ['', ' \t ']) expect(of(text).every(([index]) => index >= WORDS + CHARACTERS)).toBe(true);
  });

  it('looks at the beginning and the end of a long text only', () => {
    const [head, tail] = ['a b '.repeat(1_000), ' c d'.repeat(500)];
    expect(of(head + 'x'.repeat(10_000_000) + tail)).toEqual(of(head + ' y'.repeat(5_000_000) + tail));
  });

  it('stays within its buffers for texts of nothing but distinct n-grams', () => {
    const text = Array.from({ length: 6_001 }, (_, i) => String.fromCharCode(0x4e00 + i)).join('');
    const { size, indices } = featuriser.featurise(text);
    expect(size).toBeLessThanOrEqual(indices.length);
    expect(words(text).length).toBeGreaterThan(8_000);
  });
});
