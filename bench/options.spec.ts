import { parseCommandLine, scenarioName } from './options';

describe('parseCommandLine', () => {
  it('has a default for everything', () => {
    expect(parseCommandLine([])).toEqual({
      scenario: undefined,
      options: {
        rounds: 5,
        seconds: 6,
        warmup: 4,
        connections: null,
        rate: null,
        requests: null,
        rows: null,
        chunks: 100,
        gap: 2,
        profile: false,
        json: false,
      },
    });
  });

  it('takes a scenario and options in any order', () => {
    const { scenario, options } = parseCommandLine(['--rounds', '9', 'hit', '--profile', '--rate=500']);
    expect(scenario).toBe('hit');
    expect(options).toMatchObject({ rounds: 9, rate: 500, profile: true });
  });

  it.each([
    [['--rounds', '0'], '--rounds must be a whole number from 1'],
    [['--rounds', '1.5'], '--rounds must be a whole number'],
    [['--seconds', 'ten'], '--seconds must be a number from 0.1'],
    [['--sideways'], 'sideways'],
    [['hit', 'stream'], 'one scenario at a time'],
  ])('refuses %j', (args, message) => expect(() => parseCommandLine(args)).toThrow(message));
});

describe('scenarioName', () => {
  const more = { data: { type: 'string' } } as const;

  it.each([
    [['routing', '--data', 'hit'], 'routing'],
    [['--data', 'hit', '--rounds', '9', 'routing'], 'routing'],
    [['--unknown', '--json'], undefined],
  ])('of %j is %s', (args, name) => expect(scenarioName(args, more)).toBe(name));
});
