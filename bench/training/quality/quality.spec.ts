import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { QualityModel } from '@relay/prompt';
import { foldsOf } from '../folds';
import { crossValidate } from './cross-validate';
import { quality } from './index';
import { trainQuality, type EvaluatedPrompt } from './train-quality';

const TOPICS = ['sort', 'parse', 'merge', 'reverse', 'filter', 'hash', 'count', 'split', 'join', 'map'];

/** One model writes code, the other verse; 120 prompts, all distinct. */
const rows: EvaluatedPrompt[] = TOPICS.flatMap((topic) =>
  ['lists', 'strings', 'trees', 'files', 'words', 'dates'].flatMap((thing) => [
    { prompt: `Write a python function to ${topic} ${thing}.`, scores: { coder: 1, poet: 0 } },
    { prompt: `write a short poem in which somebody has to ${topic} ${thing}`, scores: { coder: 0, poet: 0.9 } },
  ]),
);

function loaded(json: string): QualityModel {
  const model = QualityModel.parse(json);
  if (!model.ok) throw new Error(model.error);
  return model.value;
}

jest.setTimeout(120_000); // a training is seconds of nothing but CPU, which a busy machine makes many

describe('trainQuality', () => {
  const trained = trainQuality(rows);

  it('foretells who answers a new prompt better', () => {
    const model = loaded(JSON.stringify(trained));
    const better = (text: string): boolean => {
      const expected = model.predict(text);
      return (expected.get('coder') ?? 0) > (expected.get('poet') ?? 0);
    };
    expect(better('Write a python function to rotate matrices.')).toBe(true);
    expect(better('write a short poem in which somebody has to sail home')).toBe(false);
  });

  it('gives the same artifact for the same rows', () => {
    expect(trainQuality(rows).digest).toBe(trained.digest);
  });

  it('takes rows in which a model was not evaluated', () => {
    const some = rows.map((row, i) => (i % 3 === 0 ? { ...row, scores: { coder: row.scores['coder'] ?? 0 } } : row));
    const expected = loaded(JSON.stringify(trainQuality(some))).predict('write a short poem about python');
    expect([...expected.keys()]).toEqual(['coder', 'poet']);
  });
});

describe('crossValidate', () => {
  it('compares the chosen model with the best single one and with knowing the outcome', () => {
    const { chosen, bestSingle, oracle } = crossValidate(rows, 2); // folds; each costs a training
    expect(bestSingle).toBeCloseTo(0.5);
    expect(oracle).toBeCloseTo(0.95);
    expect(chosen).toBeGreaterThan(0.9);
  });

  it('keeps equal prompts in one fold', () => {
    const keys = Array.from({ length: 200 }, (_, i) => String(i % 40));
    const folds = foldsOf(keys, 5, 1);
    for (const [i, key] of keys.entries()) expect(folds[i]).toBe(folds[keys.indexOf(key)]);
    expect(new Set(folds).size).toBe(5);
  });
});

describe('npm run train -- quality', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'quality-'))));
  afterAll(() => rm(folder, { recursive: true }));

  const run = async (lines: readonly unknown[]): Promise<string> => {
    const [data, out] = [path.join(folder, 'rows.jsonl'), path.join(folder, 'quality.json')];
    await writeFile(data, lines.map((line) => JSON.stringify(line)).join('\n'));
    await quality.run(['--data', data, '--out', out], () => undefined);
    return readFile(out, 'utf8');
  };

  it('writes a file that the relay can load', async () => {
    expect(loaded(await run(rows.slice(0, 60))).models).toEqual(['coder', 'poet']);
  });

  it.each([
    ['a score above 1', { prompt: 'a', scores: { coder: 7 } }, ':121: scores.coder'],
    ['no score', { prompt: 'a', scores: {} }, ':121: scores: no model'],
    ['no prompt', { scores: { coder: 1 } }, ':121: prompt'],
    ['a misspelt field', { prompt: 'a', scores: { coder: 1 }, weigth: 2 }, ':121: '],
  ])('refuses a row with %s, and names its line', async (_, row, message) => {
    await expect(run([...rows, row])).rejects.toThrow(message);
  });

  it('refuses too few rows, and a missing option', async () => {
    await expect(run(rows.slice(0, 10))).rejects.toThrow('at least 50');
    await expect(quality.run(['--data', 'x.jsonl'], () => undefined)).rejects.toThrow('--out');
  });
});
