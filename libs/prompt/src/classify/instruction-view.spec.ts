import { instructionView } from './instruction-view';

const view = (last: string, system = ''): string => instructionView({ system, user: last, last });

describe('instructionView', () => {
  it('keeps the instruction before and after a long document', () => {
    const document = 'lorem ipsum '.repeat(5_000);
    expect(view(`Sum this up.\n${document}`)).toContain('Sum this up.');
    expect(view(`${document}\nSum this up.`)).toContain('Sum this up.');
  });

  it('names what the first and last line say more often than what is between', () => {
    const words = view('alpha\nbeta\ngamma').split('\n');
    const times = (word: string): number => words.filter((one) => one === word).length;
    expect(times('alpha')).toBeGreaterThan(times('beta'));
    expect(times('gamma')).toBeGreaterThan(times('beta'));
  });

  it('begins with the system prompt', () =>
    expect(view('hello', 'Translate to Greek.')).toMatch(/^Translate to Greek\.\n/));

  it('falls back to what tools said if the user said nothing', () => {
    expect(instructionView({ system: '', user: 'a result', last: '' })).toBe('a result');
  });

  it('is short for any prompt', () => {
    const long = 'x'.repeat(10_000_000);
    expect(view(long, long).length).toBeLessThan(2_000);
    expect(view(`${'y'.repeat(5_000)}\n${'z'.repeat(5_000)}`).length).toBeLessThan(2_000);
  });
});
