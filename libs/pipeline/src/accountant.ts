import { Injectable } from '@nestjs/common';
import { isGenerative, NO_PARTS, type Operation, tokenPartsOf } from '@relay/contracts';
import { askedInput, askedText, TokenCounter } from '@relay/prompt';
import type { Usage } from '@relay/protocols';
import { Prices } from '@relay/providers';
import { costUsd, sumUsd } from '@relay/trace';
import { addBilled } from './add-billed';
import type { Job } from './job';
import type { RequestTrace, TokenCounts } from './request-trace';

/** Operations that are paid by the text they read. */
const READING_TEXT: ReadonlySet<Operation> = new Set(['embeddings', 'moderations']);

/** What is known of an answer whose upstream told no usage. */
export interface UncountedAnswer {
  /** What was said; `null` if nobody gathered it. */
  readonly text: string | null;
  /** Frames of a stream, about one token each: what is left to go by without a text. */
  readonly frames: number;
}

/** Puts tokens and money on the trace. What the upstream did not report is counted here, and marked as estimated. */
@Injectable()
export class Accountant {
  constructor(
    private readonly prices: Prices,
    private readonly counter: TokenCounter,
  ) {}

  /** As the upstream reported it. */
  settle(trace: RequestTrace, usage: Usage): void {
    this.charge(trace, countedOf(usage));
  }

  /**
   * Counts prompt and answer with a tokenizer, in another thread: o200k_base, which is not every model's own, so the figures stay
   * marked. The end of the reply waits for it, 100 ms at most; what is not counted by then is estimated.
   */
  async count(job: Job, answer: UncountedAnswer): Promise<void> {
    const { trace, request, exchange } = job;
    if (!isGenerative(exchange.operation)) return this.countInput(job);
    const startMs = trace.elapsed();
    const { text, extraTokens } = askedText(request);
    const [asked, said] = await Promise.all([
      this.counter.count(text),
      answer.text === null ? { tokens: answer.frames, exact: false } : this.counter.count(answer.text),
    ]);
    trace.stage('count', startMs, { input: asked.exact, output: said.exact });
    this.charge(trace, {
      inputTokens: asked.tokens + extraTokens,
      cachedInputTokens: 0,
      outputTokens: said.tokens,
      reasoningTokens: 0,
      estimated: true,
    });
  }

  /** Of what answers no text: the tokens that were read, where they are those of a text. What images and recordings come to nobody knows. */
  private async countInput({ trace, request, exchange }: Job): Promise<void> {
    if (!READING_TEXT.has(exchange.operation)) return this.settleOthers(trace);
    const startMs = trace.elapsed();
    const { text, extraTokens } = askedInput(request);
    const asked = await this.counter.count(text);
    trace.stage('count', startMs, { input: asked.exact });
    this.charge(trace, {
      inputTokens: asked.tokens + extraTokens,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      estimated: true,
    });
  }

  /** Adds what other attempts reported. Of a request that got no answer that is all there is to pay. */
  settleOthers(trace: RequestTrace): void {
    trace.tokens = addBilled(trace.tokens, trace.alsoBilled);
    trace.costUsd = sumUsd([trace.costUsd, ...trace.alsoBilled.map((billed) => billed.costUsd)]);
    trace.priceVersion = versionsOf([trace.priceVersion, ...trace.alsoBilled.map((billed) => billed.priceVersion)]);
  }

  private charge(trace: RequestTrace, tokens: TokenCounts): void {
    trace.tokens = tokens;
    const price = trace.target === null ? undefined : this.prices.of(trace.target);
    const batch = trace.inProviderBatch;
    trace.costUsd = price ? costUsd(tokens, price.price, { batch }) : null;
    trace.priceVersion = (batch ? price?.batchVersion : undefined) ?? price?.version ?? null;
    if (trace.alsoBilled.length > 0) this.settleOthers(trace);
  }
}

/** What only some upstreams tell is named only where it was told: `{ ...usage, estimated }` takes 1.2 µs (Node 20.20). */
function countedOf(usage: Usage): TokenCounts {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage;
  const counts = { inputTokens, cachedInputTokens, outputTokens, reasoningTokens, estimated: false };
  const parts = tokenPartsOf(usage);
  return parts === NO_PARTS ? counts : Object.assign(counts, parts);
}

/** Each once, as a text; null where nothing had a price. */
function versionsOf(versions: readonly (string | null)[]): string | null {
  const known = new Set(versions.filter((version) => version !== null));
  return known.size === 0 ? null : [...known].join(', ');
}
