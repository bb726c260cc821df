import { Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import type { FeedbackRequest } from '@relay/contracts';
import { ok, type Principal, type RelayError, type Result } from '@relay/core';
import { CompletionService, parseFeedback } from '@relay/pipeline';
import { FeedbackService, type FeedbackReceipt } from '@relay/trace';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requireArrival, type Arrival } from './arrival';
import { BadHitFeedback } from './bad-hit-feedback';
import { decompress } from './decompress';

/** `POST /v1/feedback`: what an app or its user thinks of an answer. */
@Injectable()
export class FeedbackController {
  constructor(
    private readonly feedback: FeedbackService,
    private readonly badHits: BadHitFeedback,
    private readonly completions: CompletionService,
    private readonly config: ConfigStore,
  ) {}

  submit(request: FastifyRequest, reply: FastifyReply): void {
    reply.hijack();
    const arrival = requireArrival(request);
    if (Buffer.isBuffer(request.body)) arrival.body = request.body;
    void this.take(arrival);
  }

  private async take(arrival: Arrival): Promise<void> {
    const { principal } = arrival.authenticated();
    const body = await this.plainBody(arrival);
    const feedback = body.ok ? parseFeedback(body.value) : body;
    const receipt = feedback.ok ? await this.keep(principal, feedback.value) : feedback;
    if (receipt.ok) this.completions.answer(arrival, receipt.value);
    else this.completions.refuse(arrival, receipt.error);
  }

  /** What is served wrongly stops before it is said: whoever repeats what failed in between does no harm. */
  private async keep(principal: Principal, feedback: FeedbackRequest): Promise<Result<FeedbackReceipt, RelayError>> {
    const marked = feedback.bad_hit ? await this.badHits.mark(principal, feedback.trace_id) : ok(undefined);
    return marked.ok ? this.feedback.submit(principal, feedback) : marked;
  }

  private async plainBody({ body, headers }: Arrival): Promise<Result<Buffer, RelayError>> {
    const encoding = headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') return ok(body);
    return decompress(body, encoding, this.config.current.server.bodyLimitBytes);
  }
}
