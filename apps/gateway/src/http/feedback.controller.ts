import { Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import type { FeedbackRequest } from '@relay/contracts';
import { ok, type Principal, type RelayError, type Result } from '@relay/core';
import { CompletionService, parseFeedback } from '@relay/pipeline';
import { FeedbackService, type FeedbackReceipt } from '@relay/trace';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadHitFeedback } from './bad-hit-feedback';
import { decompress } from './decompress';
import { answerAtDoor, type DoorAnswer } from './door-reply';

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
    answerAtDoor(this.completions, request, reply, async ({ principal }): DoorAnswer => {
      const body = await this.plainBody(request);
      const feedback = body.ok ? parseFeedback(body.value) : body;
      return feedback.ok ? this.keep(principal, feedback.value) : feedback;
    });
  }

  /** What is served wrongly stops before it is said: whoever repeats what failed in between does no harm. */
  private async keep(principal: Principal, feedback: FeedbackRequest): Promise<Result<FeedbackReceipt, RelayError>> {
    const marked = feedback.bad_hit ? await this.badHits.mark(principal, feedback.trace_id) : ok(undefined);
    return marked.ok ? this.feedback.submit(principal, feedback) : marked;
  }

  private plainBody(request: FastifyRequest): Promise<Result<Buffer, RelayError>> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return decompress(body, request.headers['content-encoding'], this.config.current.server.bodyLimitBytes);
  }
}
