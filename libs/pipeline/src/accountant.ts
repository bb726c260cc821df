import { Injectable } from '@nestjs/common';
import { ProviderRegistry, type Usage } from '@relay/providers';
import { costUsd, sumUsd } from '@relay/trace';
import { addBilled } from './add-billed';
import type { RequestTrace, TokenCounts } from './request-trace';

/** Rough size of a token where the upstream gave no usage: 4 bytes of English text (OpenAI's own rule of thumb). */
const BYTES_PER_TOKEN = 4;

/** Puts tokens and money on the trace. What the upstream did not report is estimated, and marked so. */
@Injectable()
export class Accountant {
  constructor(private readonly providers: ProviderRegistry) {}

  settle(trace: RequestTrace, usage: Usage | null, answerTokens: number): void {
    trace.tokens = usage ? { ...usage, estimated: false } : estimate(trace, answerTokens);
    const price = trace.servedModel === null ? undefined : this.providers.model(trace.servedModel)?.price;
    trace.costUsd = price ? costUsd(trace.tokens, price) : null;
    if (trace.alsoBilled.length > 0) this.settleOthers(trace);
  }

  /** Adds what other attempts reported. Of a request that got no answer that is all there is to pay. */
  settleOthers(trace: RequestTrace): void {
    trace.tokens = addBilled(trace.tokens, trace.alsoBilled);
    trace.costUsd = sumUsd([trace.costUsd, ...trace.alsoBilled.map((billed) => billed.costUsd)]);
  }
}

export const tokensOfBytes = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN);

function estimate(trace: RequestTrace, outputTokens: number): TokenCounts {
  const inputTokens = trace.features?.['features.inputTokens'];
  return {
    inputTokens: typeof inputTokens === 'number' ? inputTokens : 0,
    cachedInputTokens: 0,
    outputTokens,
    reasoningTokens: 0,
    estimated: true,
  };
}
