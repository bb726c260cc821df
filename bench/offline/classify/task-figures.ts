import type { Task } from '@relay/contracts';
import { PromptClassifier, type PromptText } from '@relay/prompt';
import type { Section } from '../offline-scenario';
import { confusionOf, type Confusion } from './confusion';
import { cueCounter, taskByKeyWords } from './key-words';

interface Row {
  readonly text: PromptText;
  readonly task: Task;
}

/** A set of prompts that nothing was trained on. */
export interface Part {
  readonly name: string;
  readonly rows: readonly Row[];
}

interface Figures {
  readonly part: string;
  readonly model: Confusion;
  readonly keyWords: Confusion;
  readonly cues: Confusion;
  readonly majority: number; // accuracy of always saying the most frequent task
}

export function taskFigures(parts: readonly Part[]): Figures[] {
  const classifier = new PromptClassifier();
  const byCues = cueCounter();
  return parts.map(({ name, rows }) => {
    const judge = (say: (text: PromptText) => Task): Confusion =>
      confusionOf(rows.map(({ text, task }) => ({ is: task, said: say(text) })));
    const model = judge((text) => classifier.task(text));
    const majority = Math.max(...model.classes.map((one) => one.rows)) / rows.length;
    return { part: name, model, keyWords: judge(taskByKeyWords), cues: judge(byCues), majority };
  });
}

export function taskSection(figures: readonly Figures[]): Section {
  const head = [
    'prompts',
    'rows',
    'majority',
    'key words',
    'all cues',
    'model',
    'all cues, macro-F1',
    'model, macro-F1',
  ];
  return {
    title: 'Task',
    notes: [
      'Accuracy, and F1 averaged over the tasks that occur. None of these prompts was trained on. Our own were written by hand for this ' +
        'measure, by the author of the corpus: the development ones were looked at while it was made, the held-out ones were written after it was finished. ' +
        'Key words are the obvious ones, which these prompts often avoid; all cues are those that the model is trained on, counted. ' +
        'Public rows have the labels of our rules and mostly one task each: they say more about the rules than about users.',
    ],
    table: [
      head,
      ...figures.map(({ part, model, keyWords, cues, majority }) => [
        part,
        String(model.rows),
        ...[majority, keyWords.accuracy, cues.accuracy, model.accuracy, cues.macroF1, model.macroF1].map((one) =>
          one.toFixed(3),
        ),
      ]),
    ],
  };
}

export function classSection(title: string, { classes }: Confusion): Section {
  return {
    title,
    notes: [],
    table: [
      ['task', 'rows', 'precision', 'recall', 'F1'],
      ...classes.map(({ task, rows, precision, recall, f1 }) => [
        task,
        String(rows),
        ...[precision, recall, f1].map((one) => (Number.isNaN(one) ? '-' : one.toFixed(2))),
      ]),
    ],
  };
}
