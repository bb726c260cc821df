import fc from 'fast-check';
import { pairFeatures } from './pair-features';
import { pairScore } from './pair-score';

describe('pairScore', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc
      .array(fc.constantFrom('how', 'reset', 'card', 'cards', 'password', 'the', 'way', '5', 'Paris', '?', '銀行'), {
        maxLength: 12,
      })
      .map((words) => words.join(' ')),
  );
  const cosine = fc.double({ min: -1, max: 1, noNaN: true });

  it('is a share, and the same whichever text comes first', () => {
    fc.assert(
      fc.property(text, text, cosine, (one, other, near) => {
        const score = pairScore(one, other, near);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(pairScore(other, one, near)).toBe(score);
      }),
    );
  });

  it('never falls when the cosine rises', () => {
    fc.assert(
      fc.property(text, text, cosine, cosine, (one, other, a, b) => {
        expect(pairScore(one, other, Math.max(a, b))).toBeGreaterThanOrEqual(pairScore(one, other, Math.min(a, b)));
      }),
    );
  });

  it('is 1 for equal texts, and for texts that differ in case and punctuation only', () => {
    fc.assert(fc.property(text, cosine, (same, near) => expect(pairScore(same, same, near)).toBe(1)));
    expect(pairScore('How do I reset my PIN?', 'how do i reset my pin', 0.9)).toBe(1);
  });

  it('is less for texts that differ in a sign', () => {
    expect(pairScore('What is -5 in fahrenheit?', 'What is 5 in fahrenheit?', 0.9)).toBeLessThan(1);
    expect(pairScore('What is 12 * 5?', 'What is 12 - 5?', 0.9)).toBeLessThan(1);
  });

  it('takes texts without any word for different', () => {
    expect(pairScore('?', '...', 0.9)).toBeLessThan(0.7);
  });

  it('tells a paraphrase from another question about the same subject at equal cosine', () => {
    const paraphrase = pairScore('How do I change my password?', 'Tell me the way to modify a password', 0.85);
    const other = pairScore('How do I change my password?', 'Where is my account number shown?', 0.85);
    expect(paraphrase).toBeGreaterThan(other + 0.1);
  });

  it('counts synonyms and typing errors nearly as the word itself', () => {
    const [, , same] = pairFeatures('purchase insurance', 'insurance to purchase', 0.8) ?? [];
    const [, , alike] = pairFeatures('purchase insurance', 'buy insurence', 0.8) ?? [];
    expect([same, alike]).toEqual([1, expect.closeTo(0.7)]);
  });

  it('ends soon whatever it is given', () => {
    const hostile = Array.from({ length: 2_000 }, (_, i) => `word${i}abc`).join(' ');
    const since = process.cpuUsage().user;
    pairScore(hostile, `${hostile} more`, 0.9);
    expect((process.cpuUsage().user - since) / 1_000).toBeLessThan(500); // ms; some 20 on its own
  });
});
