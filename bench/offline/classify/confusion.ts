import { TASKS, type Task } from '@relay/contracts';

export interface ClassFigures {
  readonly task: Task;
  readonly rows: number;
  readonly precision: number; // NaN if it was never said
  readonly recall: number;
  readonly f1: number;
}

export interface Confusion {
  readonly rows: number;
  readonly accuracy: number;
  readonly macroF1: number; // over the classes that occur
  readonly classes: readonly ClassFigures[]; // those that occur
}

/** Compares what was said with what is so. */
export function confusionOf(pairs: readonly { readonly is: Task; readonly said: Task }[]): Confusion {
  const classes = TASKS.flatMap((task) => {
    const rows = pairs.filter(({ is }) => is === task).length;
    if (rows === 0) return [];
    const said = pairs.filter((pair) => pair.said === task).length;
    const right = pairs.filter((pair) => pair.said === task && pair.is === task).length;
    return [{ task, rows, precision: right / said, recall: right / rows, f1: (2 * right) / (said + rows) }];
  });
  return {
    rows: pairs.length,
    accuracy: pairs.filter(({ is, said }) => is === said).length / pairs.length,
    macroF1: classes.reduce((sum, { f1 }) => sum + f1, 0) / classes.length,
    classes,
  };
}
