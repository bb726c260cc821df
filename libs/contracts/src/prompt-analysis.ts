import type { PiiKind } from './execution-plan.schema';

/** What a prompt asks for. */
export const TASKS = [
  'code',
  'math',
  'reasoning',
  'question-answering',
  'extraction',
  'classification',
  'summarisation',
  'translation',
  'rewriting',
  'creative',
  'chat',
] as const;
export type Task = (typeof TASKS)[number];

/** What was found out about a prompt; `null` for what nobody asked for. */
export interface PromptAnalysis {
  readonly task: Task | null;
  /** Two letters of ISO 639-1; `und` where the text does not tell. */
  readonly language: string | null;
  /** 0..1, in steps of 0.01: the share of models of a mixed field that would fail. */
  readonly complexity: number | null;
  /** 0..1: how much the prompt looks like an attempt to override its instructions. A heuristic, no verdict. */
  readonly injection: number | null;
  /** Kinds of personal or secret data in it, sorted. */
  readonly pii: readonly PiiKind[] | null;
}

/** Nothing was asked for. */
export const NO_ANALYSIS: PromptAnalysis = { task: null, language: null, complexity: null, injection: null, pii: null };

/** Tokens of an image whose size is not known: OpenAI's count for 1024 x 1024 in high detail, 85 + 4 tiles x 170. */
export const IMAGE_TOKENS = 765;
