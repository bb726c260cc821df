import { Injectable } from '@nestjs/common';
import { askedText, TokenCounter } from '@relay/prompt';
import type { Job } from '../job';
import { ReplyStage } from '../reply.stage';

/** A count as the client's protocol words it. */
export type CountView = (tokens: number) => object;

/** Says how many tokens a question has, without asking it. No provider is called, so the reply is marked as an estimate. */
@Injectable()
export class CountStage {
  constructor(
    private readonly counter: TokenCounter,
    private readonly reply: ReplyStage,
  ) {}

  async serve({ exchange, request, trace }: Job, view: CountView): Promise<void> {
    const startMs = trace.elapsed();
    const { text, extraTokens } = askedText(request);
    const { tokens, exact } = await this.counter.count(text);
    trace.stage('count', startMs, { input: exact });
    this.reply.estimate(exchange, trace, view(tokens + extraTokens));
  }
}

/** Nothing will be generated, and nothing read by a model: it costs a request, and no tokens. */
export function withoutTokens(job: Job): Job {
  const predicted = { ...job.planned.predicted, inputTokens: 0, outputTokens: 0 };
  return { ...job, planned: { ...job.planned, predicted } };
}
