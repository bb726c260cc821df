import fc from 'fast-check';
import { textPieces } from './completion-to-sse-pieces';

const LETTERS = [
  'é',
  'e\u0301',
  '日',
  'ก็',
  'नि',
  '한',
  '👩‍👩‍👧‍👦',
  '🇨🇭',
  '👍🏽',
  '\r\n',
  ' ',
  '\n',
  'word',
  '-',
  '0️⃣',
  '\u0600',
];
const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
  fc.array(fc.constantFrom(...LETTERS)).map((parts) => parts.join('')),
);
const clusterEnds = (text: string): Set<number> => {
  const segments = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text);
  return new Set([...segments].map(({ index, segment }) => index + segment.length));
};

describe('a text in pieces of about a token', () => {
  it('is cut before blanks, and wherever there are none between wide characters', () => {
    expect(textPieces('A relay  passes\nit on.', 1)).toEqual(['A', ' relay', '  passes', '\nit', ' on.']);
    expect(textPieces('日本語です', 1)).toEqual(['日', '本', '語', 'で', 'す']);
    expect(textPieces('x'.repeat(40), 1).map((piece) => piece.length)).toEqual([16, 16, 8]);
  });

  it('joins to what it was, and never parts what is read as one character', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 9 }), (text, atLeast) => {
        const pieces = textPieces(text, atLeast);
        expect(pieces.join('')).toBe(text);
        expect(pieces.slice(0, -1).every((piece) => piece.length >= atLeast)).toBe(true);
        const ends = clusterEnds(text);
        let at = 0;
        for (const piece of pieces) expect(ends).toContain((at += piece.length));
      }),
    );
  });

  it('keeps surrogates together even in a cluster without end', () => {
    const pieces = textPieces('😀\u200d'.repeat(200), 1);
    expect(pieces.join('')).toBe('😀\u200d'.repeat(200));
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  });
});
