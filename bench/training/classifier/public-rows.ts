import path from 'node:path';
import { z } from 'zod';
import { readRows } from '../../data/jsonl';
import { ofUser, type Labelled } from './labelled';
import { labelOfAssistantIntent, labelOfBankingMessage, labelOfMmluSubject, labelOfQuestion } from './labelling-rules';

const pairSchema = z.object({
  benchmark: z.enum(['mmlu', 'gsm8k']),
  task: z.string(),
  prompt: z.string(),
  correct: z.record(z.string(), z.boolean()),
});
const nineSchema = z.object({ question: z.string(), scores: z.record(z.string(), z.number()) });
const intentSchema = z.object({ text: z.string(), intent: z.string() });
const quoraSchema = z.object({ a: z.string() });

/** Rows of public data sets, labelled by the rules beside this file. `data`: folder that holds `routing/` and `semantic/`. */
export async function readPublicRows(data: string): Promise<Labelled[]> {
  const file = (...parts: string[]): string => path.join(data, ...parts);
  const [pair, nine, clinc, banking, quora] = await Promise.all([
    readRows(file('routing', 'mmlu_gsm8k_pair.jsonl.gz'), pairSchema),
    readRows(file('routing', 'llmrouter_9models.jsonl.gz'), nineSchema),
    readRows(file('semantic', 'clinc150.jsonl.gz'), intentSchema),
    readRows(file('semantic', 'banking77.jsonl.gz'), intentSchema),
    readRows(file('semantic', 'qqp.jsonl.gz'), quoraSchema),
  ]);
  return [
    ...pair.map(({ benchmark, task, prompt, correct }) => ({
      text: ofUser(prompt),
      task: benchmark === 'gsm8k' ? ('math' as const) : labelOfMmluSubject(task),
      complexity: 1 - mean(Object.values(correct).map(Number)),
      source: benchmark,
    })),
    ...nine.map(({ question, scores }) => ({
      text: ofUser(question),
      task: labelOfQuestion(question),
      complexity: 1 - mean(Object.values(scores)),
      source: 'nine models',
    })),
    ...clinc.map(({ text, intent }) => row(text, labelOfAssistantIntent(intent), 'clinc150')),
    ...banking.map(({ text }) => row(text, labelOfBankingMessage(text), 'banking77')),
    ...quora.map(({ a }) => row(a, labelOfQuestion(a), 'qqp')),
  ];
}

const row = (text: string, task: Labelled['task'], source: string): Labelled => ({
  text: ofUser(text),
  task,
  complexity: null,
  source,
});

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
