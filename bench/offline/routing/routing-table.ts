import path from 'node:path';
import { estimateTokens } from '@relay/prompt';
import { z } from 'zod';
import { readRows } from '../../data/jsonl';
import { requestUsd } from './prices';

export interface RoutingRow {
  readonly prompt: string;
  readonly label: string | null; // the task that the data set names; no strategy but the one called so may look at it
  readonly scores: readonly number[]; // 0..1, one a model
  readonly usd: readonly number[]; // of this request, one a model
}

/** Prompts, how well each model answered them, and what it cost. */
export interface RoutingTable {
  readonly title: string;
  readonly models: readonly string[];
  readonly cheap: number; // index of the model that "always the cheapest" takes: the best of the cheapest ones
  readonly rows: readonly RoutingRow[];
}

const score = z.number().min(0).max(1);
const nineRow = z.object({ question: z.string(), scores: z.record(z.string(), score) }); // cluster_id was made from the scores
const pairRow = z.object({
  benchmark: z.string(),
  task: z.string(),
  prompt: z.string(),
  correct: z.record(z.string(), z.boolean()),
});

/** Neither set tells how long the answers were; the lengths are assumed, the same for every model. In tokens. */
const ANSWER_TOKENS = { nine: 200, choice: 5, working: 150 } as const;

export async function nineModels(data: string): Promise<RoutingTable> {
  const rows = await readRows(path.join(data, 'routing', 'llmrouter_9models.jsonl.gz'), nineRow);
  const models = Object.keys(rows[0]?.scores ?? {}).sort();
  const table = rows.map(({ question, scores }) =>
    routingRow(question, null, models, (model) => scores[model], ANSWER_TOKENS.nine),
  );
  return tableOf('Nine open models, eleven benchmarks (LLMRouter)', models, table);
}

export async function mmluGsm8k(data: string): Promise<RoutingTable> {
  const rows = await readRows(path.join(data, 'routing', 'mmlu_gsm8k_pair.jsonl.gz'), pairRow);
  const models = Object.keys(rows[0]?.correct ?? {}).sort();
  const table = rows.map(({ benchmark, task, prompt, correct }) => {
    const tokens = benchmark === 'gsm8k' ? ANSWER_TOKENS.working : ANSWER_TOKENS.choice;
    return routingRow(prompt, `${benchmark}/${task}`, models, (model) => Number(correct[model]), tokens);
  });
  return tableOf('mixtral-8x7b and gpt-4-1106, MMLU and GSM8K (RouteLLM)', models, table);
}

function routingRow(
  prompt: string,
  label: string | null,
  models: readonly string[],
  scoreOf: (model: string) => number | undefined,
  answerTokens: number,
): RoutingRow {
  const tokens = estimateTokens(prompt);
  return {
    prompt,
    label,
    scores: models.map((model) => scoreOf(model) ?? Number.NaN),
    usd: models.map((model) => requestUsd(model, tokens, answerTokens)),
  };
}

function tableOf(title: string, models: readonly string[], rows: readonly RoutingRow[]): RoutingTable {
  const bad = rows.find(({ scores }) => scores.some(Number.isNaN));
  if (bad) throw new Error(`${title}: a row without a score for each model`);
  const total = (pick: (row: RoutingRow) => number): number => rows.reduce((sum, row) => sum + pick(row), 0);
  const dollars = models.map((_, m) => total((row) => row.usd[m] ?? 0));
  const least = Math.min(...dollars) * (1 + 1e-9);
  const quality = models.map((_, m) => ((dollars[m] ?? 0) <= least ? total((row) => row.scores[m] ?? 0) : -1));
  return { title, models, rows, cheap: quality.indexOf(Math.max(...quality)) };
}
