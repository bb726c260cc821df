import path from 'node:path';
import { z } from 'zod';
import { readRows } from '../../data/jsonl';
import { type AskedPrompt, askedPrompt } from './asked-prompt';
import { requestUsd } from './prices';

export interface RoutingRow {
  readonly prompt: string;
  readonly request: AskedPrompt;
  readonly answerTokens: number; // assumed
  readonly label: string | null; // the task that the data set names; no strategy but the one called so may look at it
  readonly scores: readonly number[]; // 0..1, one a model
  readonly usd: readonly number[]; // of this request, one a model: list price of the estimated prompt and the assumed answer
}

/** Prompts, how well each model answered them, and what it cost. */
export interface RoutingTable {
  readonly title: string;
  readonly models: readonly string[];
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

/**
 * Neither set tells how long the answers were. These are assumed, not measured, and the same for every model: a letter of a choice, a
 * worked solution, a mixture of both. In tokens.
 */
const ANSWER_TOKENS = { nine: 200, choice: 5, working: 150 } as const;

export async function nineModels(data: string): Promise<RoutingTable> {
  const rows = await readRows(path.join(data, 'routing', 'llmrouter_9models.jsonl.gz'), nineRow);
  const models = Object.keys(rows[0]?.scores ?? {}).sort();
  const table = rows.map(({ question, scores }) =>
    routingRow(
      question,
      null,
      models,
      models.map((model) => scores[model] ?? Number.NaN),
      ANSWER_TOKENS.nine,
    ),
  );
  return tableOf('Nine open models, eleven benchmarks (LLMRouter)', models, table);
}

export async function mmluGsm8k(data: string): Promise<RoutingTable> {
  const rows = await readRows(path.join(data, 'routing', 'mmlu_gsm8k_pair.jsonl.gz'), pairRow);
  const models = Object.keys(rows[0]?.correct ?? {}).sort();
  const table = rows.map(({ benchmark, task, prompt, correct }) => {
    const tokens = benchmark === 'gsm8k' ? ANSWER_TOKENS.working : ANSWER_TOKENS.choice;
    const scores = models.map((model) => Number(correct[model]));
    return routingRow(prompt, `${benchmark}/${task}`, models, scores, tokens);
  });
  return tableOf('mixtral-8x7b and gpt-4-1106, MMLU and GSM8K (RouteLLM)', models, table);
}

export function routingRow(
  prompt: string,
  label: string | null,
  models: readonly string[],
  scores: readonly number[],
  answerTokens: number,
): RoutingRow {
  const request = askedPrompt(prompt);
  const usd = models.map((model) => requestUsd(model, request.textTokens, answerTokens));
  return { prompt, request, answerTokens, label, scores, usd };
}

function tableOf(title: string, models: readonly string[], rows: readonly RoutingRow[]): RoutingTable {
  const bad = rows.find(({ scores }) => scores.some(Number.isNaN));
  if (bad) throw new Error(`${title}: a row without a score for each model`);
  return { title, models, rows };
}
