import { Injectable } from '@nestjs/common';
import { PolicyService } from '@relay/policy';
import { FeedbackLedger } from '@relay/trace';
import { answerSignal } from './answer-signals';
import type { Job } from './job';

/** Lets automatic checks say what they make of an answer, once it is at the client. */
@Injectable()
export class SignalStage {
  constructor(
    private readonly ledger: FeedbackLedger,
    private readonly policy: PolicyService,
  ) {}

  /** `body`: a whole chat completion, which is not parsed where nobody learns from it. Never throws: the request has ended. */
  note({ exchange, trace, request }: Job, body: Buffer): void {
    if (trace.servedModel === null || !this.policy.learnsFrom(request.model)) return;
    if (trace.degraded.some((given) => given.startsWith('shorter-answer'))) return; // that it breaks off is our doing
    try {
      const share = answerSignal(exchange.operation, request, body);
      const task = trace.features?.['features.task'];
      if (share === null) return;
      this.ledger.signal(
        exchange.principal.tenant.id,
        typeof task === 'string' ? task : null,
        trace.servedModel,
        share,
      );
    } catch {
      // An answer of some other shape tells nothing.
    }
  }
}
