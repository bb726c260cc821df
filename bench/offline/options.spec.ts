import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseOfflineOptions, reportName } from './options';

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

describe('reports', () => {
  const root = path.resolve(__dirname, '../..');
  const fileOf = (args: readonly string[]): string =>
    `bench/results/${reportName('faq', parseOfflineOptions(args, true))}-2026-11-22.json`;
  // Exits with 1 and says nothing where git does not ignore the file.
  const isIgnored = (file: string): boolean => {
    try {
      return execFileSync('git', ['check-ignore', '--no-index', file], { cwd: root, encoding: 'utf8' }).trim() === file;
    } catch {
      return false;
    }
  };

  it('of default options have the name that is committed', () => {
    for (const args of [[], ['--seed', '1'], ['--json']]) {
      expect(fileOf(args)).toBe('bench/results/faq-2026-11-22.json');
    }
    expect(isIgnored(fileOf([]))).toBe(false);
  });

  it.each([
    [['--sample', '300'], 'bench/results/faq-sample300-2026-11-22.json'],
    [['--seed', '7'], 'bench/results/faq-seed7-2026-11-22.json'],
    [['--sample', '300', '--seed', '7'], 'bench/results/faq-sample300-seed7-2026-11-22.json'],
  ])('of %j have another, which git ignores', (args, file) => {
    expect(fileOf(args)).toBe(file);
    expect(isIgnored(file)).toBe(true);
  });
});
