import { NO_ANALYSIS, TASKS, type Analysis } from '@relay/contracts';
import { PromptAnalyser } from './analyse-prompt';
import type { PromptText } from './prompt-text';

const CLASSIFIERS = new Set<Analysis>(['task', 'language', 'complexity']);
const ALL = new Set<Analysis>([...CLASSIFIERS, 'injection', 'pii']);
const analyser = new PromptAnalyser();
beforeAll(() => analyser.warmUp(ALL));

const said = (user: string): PromptText => ({ system: '', user, last: user });

describe('PromptAnalyser', () => {
  it('finds out what is wanted', () => {
    const analysis = analyser.analyse(said('Übersetze ins Englische: Schreib an anna@example.org, bitte.'), ALL);
    expect(analysis).toMatchObject({ task: 'translation', language: 'de', pii: ['email'] });
    expect(analysis.complexity).toBeLessThan(0.5);
    expect(analysis.injection).toBeLessThan(0.5);
  });

  it('leaves alone what is not wanted', () => {
    expect(analyser.analyse(said('Hello'), new Set())).toEqual(NO_ANALYSIS);
    expect(analyser.analyse(said('What is lava made of?'), new Set<Analysis>(['task']))).toEqual({
      ...NO_ANALYSIS,
      task: 'question-answering',
    });
  });

  it('names each kind of personal data once, in order, wherever it stands', () => {
    const text = { system: 'Reply to b@example.org.', user: '4111 1111 1111 1111, a@example.org', last: '' };
    expect(analyser.analyse(text, new Set<Analysis>(['pii'])).pii).toEqual(['card', 'email']);
  });

  it('says the same of the same prompt', () => {
    const text = said('Plan a weekend in Porto with two children and a small budget.');
    expect(analyser.analyse(text, ALL)).toEqual(analyser.analyse(text, ALL));
  });

  it.each([
    ['prose', 'some words and '],
    ['one word', 'x'],
    ['ideographs', '漢'],
    ['control characters', '\u0000\u001b\u007f'],
    ['lone surrogates', '\ud800'],
    ['line breaks', '\n'],
    ['back-ticks', '`'],
    ['angle brackets', '<a'],
    ['at signs', 'a@'],
  ])('takes no longer for 1 MB of %s than for 10 kB', (_, piece) => {
    const ofLength = (length: number): PromptText => said(piece.repeat(length / piece.length));
    const long = quickest(ofLength(1_000_000));
    expect(long).toBeLessThan(10 * quickest(ofLength(10_000)) + 1); // it would be a hundred times as long
  });

  it('answers to an empty prompt', () => {
    expect(TASKS).toContain(analyser.analyse(said(''), CLASSIFIERS).task);
    expect(analyser.analyse(said(''), CLASSIFIERS).language).toBe('und');
  });
});

/** Milliseconds, the least of several: the machine may be busy. */
function quickest(text: PromptText): number {
  const times = Array.from({ length: 7 }, () => {
    const started = performance.now();
    analyser.analyse(text, CLASSIFIERS);
    return performance.now() - started;
  });
  return Math.min(...times);
}
