import { Inject, Injectable } from '@nestjs/common';
import type { ExecutionPlan } from '@relay/contracts';
import { EmbeddingService } from '@relay/embedding';
import { guardPair } from '../../domain/semantic/guards';
import { factsDiffer } from '../../domain/semantic/guards/facts';
import { answerText } from '../../domain/semantic/answer-text';
import { fitsQuestionPrompt, readVerdict, sameAnswerPrompt } from '../../domain/semantic/verdict-prompts';
import { MODEL_ASKER, type ModelAsker, type QuestionOrigin } from './model-asker.port';

type JudgeTerms = ExecutionPlan['cache']['semantic']['judge'];

/** Longest wait for what nobody waits for; the embedder may have a line. */
const BACKGROUND_EMBEDDING_MS = 30_000;
const JUDGE_TIMEOUT_MS = 60_000;
/** Of an answer that guards can compare, in UTF-16 code units: a sentence or two. */
const MAX_GUARDED_LENGTH = 280;

export interface AnswerPair {
  readonly origin: QuestionOrigin;
  readonly prompt: string;
  /** Bodies of chat completions. */
  readonly one: Buffer;
  readonly other: Buffer;
}

export interface StoredPair {
  readonly origin: QuestionOrigin;
  readonly asked: string;
  readonly stored: string;
  readonly answer: Buffer;
}

/** Says whether two answers are the same to whoever asked, and whether a stored one fits a new question. */
@Injectable()
export class AnswerJudge {
  constructor(
    private readonly embeddings: EmbeddingService,
    @Inject(MODEL_ASKER) private readonly asker: ModelAsker,
  ) {}

  /** Null: it cannot be told. Never rejects. */
  async sameAnswer(terms: JudgeTerms, { origin, prompt, one, other }: AnswerPair): Promise<boolean | null> {
    const [first, second] = [answerText(one), answerText(other)];
    if (first === null || second === null) return null;
    if (normalised(first) === normalised(second)) return true;
    switch (terms.kind) {
      case 'equality':
        return false;
      case 'embedding':
        return this.sameByVectors(first, second, terms.minSimilarity);
      case 'llm':
        return this.ask(origin, terms.model, 'judge', sameAnswerPrompt(prompt, first, second), JUDGE_TIMEOUT_MS);
      default:
        return terms.kind satisfies never;
    }
  }

  /** For a request that waits: null if the judge does not say in time. Never rejects. */
  async fits(terms: JudgeTerms, pair: StoredPair, timeoutMs: number): Promise<boolean | null> {
    const answer = answerText(pair.answer);
    if (answer === null) return null;
    const prompt = fitsQuestionPrompt(pair.asked, pair.stored, answer);
    return this.ask(pair.origin, terms.model, 'verify', prompt, timeoutMs);
  }

  private async ask(
    origin: QuestionOrigin,
    model: string | null,
    purpose: 'judge' | 'verify',
    prompt: string,
    timeoutMs: number,
  ): Promise<boolean | null> {
    if (model === null) return null;
    const said = await this.asker.ask({ origin, model, prompt, purpose, timeoutMs });
    return said === null ? null : readVerdict(said);
  }

  private async sameByVectors(one: string, other: string, minSimilarity: number): Promise<boolean | null> {
    const differ = contradict(one, other);
    if (differ === null) return null;
    return differ ? false : this.similarEnough(one, other, minSimilarity);
  }

  private async similarEnough(one: string, other: string, minSimilarity: number): Promise<boolean | null> {
    const [a, b] = await Promise.all([this.embed(one), this.embed(other)]);
    if (a === null || b === null || a.length !== b.length) return null;
    return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) >= minSimilarity;
  }

  private embed(text: string): Promise<Float32Array | null> {
    return this.embeddings.embedPassage(text, BACKGROUND_EMBEDDING_MS);
  }
}

/** What a vector hardly shows. In a short answer another name or a negation is another answer; longer ones differ in such things anyway, but not in their figures. Null: too long to say. */
const contradict = (one: string, other: string): boolean | null =>
  Math.max(one.length, other.length) <= MAX_GUARDED_LENGTH ? guardPair(one, other).length > 0 : factsDiffer(one, other);

const normalised = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
