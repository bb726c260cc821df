import type { Task } from '@relay/contracts';
import { readEvaluation, type EvaluationPrompt } from '../../training/classifier/evaluation';
import { isHeldOut, type Labelled } from '../../training/classifier/labelled';
import { readPublicRows } from '../../training/classifier/public-rows';
import type { OfflineScenario } from '../offline-scenario';
import { complexityFigures } from './complexity-figures';
import { costFigures } from './cost-figures';
import { languageFigures } from './language-figures';
import { memoryFigures } from './memory-figures';
import { classSection, taskFigures, taskSection, type Part } from './task-figures';

export const classify: OfflineScenario = {
  summary: 'task, language and complexity of prompts that nothing was trained on, and what telling them costs',
  async run({ data, say }) {
    say('loading the models');
    const memory = await memoryFigures();
    const rows = await readPublicRows(data);
    const people = readEvaluation('held-out');
    const development = readEvaluation('development');
    say('task');
    const tasks = taskFigures([...partsOf(people, development), ...publicParts(rows.filter(isHeldOut))]);
    const [overall] = tasks;
    say('language, complexity');
    const everybody = [...people, ...development];
    const language = await languageFigures(
      everybody.map(({ text, language: is }) => ({ text: text.last, language: is })),
    );
    const complexity = complexityFigures(
      rows.filter((row) => !isHeldOut(row)),
      rows.filter(isHeldOut),
    );
    say('time');
    const cost = await costFigures(everybody.map(({ text }) => text));
    return {
      sections: [
        taskSection(tasks),
        ...(overall ? [classSection('Task by task, held-out own prompts', overall.model)] : []),
        language.section,
        complexity.section,
        cost.section,
        memory,
      ],
      goals: [
        {
          name: 'task, held-out own prompts: accuracy',
          value: overall?.model.accuracy ?? 0,
          wanted: 0.8,
          better: 'higher',
        },
        { name: 'language, own sentences: accuracy', value: language.accuracy, wanted: 0.95, better: 'higher' },
        { name: 'complexity, held-out rows: Spearman', value: complexity.correlation, wanted: 0.5, better: 'higher' },
        { name: 'all three, P99 µs', value: cost.p99Us, wanted: 1_000, better: 'lower' },
      ],
      details: { tasks },
    };
  },
};

function partsOf(people: readonly EvaluationPrompt[], development: readonly EvaluationPrompt[]): Part[] {
  return [
    { name: 'held-out own prompts', rows: people },
    { name: 'held-out own prompts, English', rows: people.filter(({ language }) => language === 'en') },
    { name: 'held-out own prompts, other languages', rows: people.filter(({ language }) => language !== 'en') },
    { name: 'development own prompts', rows: development },
  ];
}

function publicParts(rows: readonly Labelled[]): Part[] {
  const sources = [...new Set(rows.map(({ source }) => source))];
  return sources.map((source) => ({ name: source, rows: rows.flatMap((row) => labelledOf(row, source)) }));
}

const labelledOf = (row: Labelled, source: string): { text: Labelled['text']; task: Task }[] =>
  row.source === source && row.task !== null ? [{ text: row.text, task: row.task }] : [];
