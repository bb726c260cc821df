import { TASKS } from '@relay/contracts';
import { readCorpus } from './corpus';
import { readEvaluation, readSentences } from './evaluation';

const corpus = readCorpus(1, new Map());

describe('the corpus', () => {
  it('has the same number of prompts of each task', () => {
    const counts = TASKS.map((task) => corpus.filter((row) => row.task === task).length);
    expect(new Set(counts).size).toBe(1);
  });

  it('is the same for the same seed', () => {
    expect(readCorpus(1, new Map()).slice(0, 500)).toEqual(corpus.slice(0, 500));
  });

  it('leaves nothing unfilled', () => {
    const open = corpus.filter(({ text }) => /\{(?:cues|passage|shorttext|progtask|topic|theme)\}/.test(text.user));
    expect(open).toEqual([]);
  });
});

describe('the prompts for measuring', () => {
  const prompts = [...readEvaluation('development'), ...readEvaluation('held-out')];

  it('are of all tasks, and none is in the corpus', () => {
    expect(prompts.length).toBeGreaterThanOrEqual(200);
    expect(new Set(prompts.map(({ task }) => task)).size).toBe(TASKS.length);
    const trained = new Set(corpus.map(({ text }) => text.last.toLowerCase()));
    expect(prompts.filter(({ text }) => trained.has(text.last.toLowerCase()))).toEqual([]);
  });

  it('keep who said what', () => {
    const agent = prompts.find(({ text }) => text.system.startsWith('You are a coding agent'));
    expect(agent?.text.last).toBe('The login spec is flaky. Please look into it.');
    expect(agent?.text.user).toContain("describe('login'");
  });

  it('cover a dozen languages and more', () => {
    expect(new Set(readSentences().map(({ language }) => language)).size).toBeGreaterThan(12);
  });
});
