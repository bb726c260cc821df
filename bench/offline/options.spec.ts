import { parseOfflineOptions } from './options';

describe('parseOfflineOptions', () => {
  it('takes the folder of the data and a seed', () => {
    expect(parseOfflineOptions(['routing', '--data', 'sets'])).toEqual({ data: 'sets', seed: 1, json: false });
    expect(parseOfflineOptions(['--seed=7', '--data=sets', 'routing', '--json'])).toMatchObject({
      seed: 7,
      json: true,
    });
  });

  it.each([
    [['routing'], 'routing needs --data DIR'],
    [['routing', '--data', ''], 'needs --data DIR'],
    [['routing', '--data', 'sets', '--seed', '1.5'], '--seed must be a whole number'],
    [['routing', '--data', 'sets', '--rounds', '3'], 'rounds'],
    [['routing', 'plan', '--data', 'sets'], 'one scenario at a time'],
  ])('refuses %j', (args, message) => expect(() => parseOfflineOptions(args)).toThrow(message));
});
