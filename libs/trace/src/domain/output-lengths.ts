import { TASKS } from '@relay/contracts';

/** The mean follows the last answers, about so many. */
const MEMORY_ANSWERS = 100;
/** No answer is longer, in tokens; one that is said to be must not make all others look long, and dear. */
const MAX_ANSWER_TOKENS = 1_000_000;
/** Stands for all tasks together. */
const ALL_TASKS = '';

const KNOWN_TASKS: ReadonlySet<string> = new Set(TASKS);

interface Mean {
  count: number;
  tokens: number;
}

/** How long answers are, in tokens, by task: running means that forget. */
export class OutputLengths {
  private readonly means = new Map<string, Mean>();
  private page: ReadonlyMap<string, number> = new Map();

  observe(task: string | null, told: number): void {
    if (!(told >= 0)) return;
    const tokens = Math.min(told, MAX_ANSWER_TOKENS);
    this.add(ALL_TASKS, tokens);
    if (task !== null && KNOWN_TASKS.has(task)) this.add(task, tokens);
  }

  /** Whole tokens by task, and for all tasks under the empty text. The same map until one of them changes. */
  read(): ReadonlyMap<string, number> {
    return this.page;
  }

  private add(task: string, tokens: number): void {
    const mean = this.means.get(task) ?? { count: 0, tokens: 0 };
    this.means.set(task, mean);
    mean.count = Math.min(mean.count + 1, MEMORY_ANSWERS);
    mean.tokens += (tokens - mean.tokens) / mean.count;
    const rounded = Math.round(mean.tokens);
    if (this.page.get(task) !== rounded) this.page = new Map(this.page).set(task, rounded);
  }
}
