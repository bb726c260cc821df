import { TASKS, type Task } from '@relay/contracts';
import type { LinearModel } from '../linear';
import type { PromptText } from '../prompt-text';
import { instructionView } from './instruction-view';
import { loadWeights } from './load-weights';

/** Task and complexity of a prompt by linear models, which are loaded when first asked for: some 30 ms, once. */
export class PromptClassifier {
  private taskModel: LinearModel | null = null;
  private complexityModel: LinearModel | null = null;

  /** Loads the model of tasks, if it is not loaded yet. Throws if its file is damaged. */
  loadTask(): LinearModel {
    return (this.taskModel ??= loadWeights('task'));
  }

  /** As {@link loadTask}, of complexity. */
  loadComplexity(): LinearModel {
    return (this.complexityModel ??= loadWeights('complexity'));
  }

  /** The most probable task. */
  task(text: PromptText): Task {
    const scores = this.loadTask().scores(instructionView(text));
    let best = 0;
    for (let i = 1; i < scores.length; i++) if ((scores[i] ?? 0) > (scores[best] ?? 0)) best = i;
    return TASKS[best] ?? 'chat';
  }

  /** Expected share of models that fail, 0..1 in steps of 0.01. */
  complexity(text: PromptText): number {
    const [share = 0] = this.loadComplexity().scores(instructionView(text));
    return Math.round(share * 100) / 100;
  }
}
