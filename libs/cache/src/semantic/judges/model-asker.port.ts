import type { Principal } from '@relay/core';

/** On whose behalf something is asked, what its plan goes by, and where its words may go (null: anywhere). */
export interface QuestionOrigin {
  readonly principal: Principal;
  readonly headers: Readonly<Record<string, string>>; // x-relay-*
  readonly regions: readonly string[] | null;
  readonly providers: readonly string[] | null;
}

/** A question to a model, asked through the relay's own providers as the tenant whose traffic it is about. */
export interface ModelQuestion {
  readonly origin: QuestionOrigin;
  /** A configured model. */
  readonly model: string;
  readonly prompt: string;
  /** `judge`: in the background, in the batch class; `verify`: a request waits for it. */
  readonly purpose: 'judge' | 'verify';
  readonly timeoutMs: number;
}

/** Asks models on behalf of the cache. */
export interface ModelAsker {
  /** What the model says; null if it could not be asked, failed, or took too long. Never rejects. */
  ask(question: ModelQuestion): Promise<string | null>;
}

export const MODEL_ASKER = Symbol('MODEL_ASKER');
