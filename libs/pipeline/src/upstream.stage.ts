import { Injectable } from '@nestjs/common';
import { isGenerative } from '@relay/contracts';
import { PolicyService } from '@relay/policy';
import type { UpstreamObserver, UpstreamOutcome } from '@relay/providers';
import { answerFacts } from './answer-facts';
import type { Job } from './job';
import { askInCascade } from './upstream/cascade';
import { Chain } from './upstream/chain';
import type { Tried } from './upstream/tried';
import { UpstreamTools } from './upstream/upstream-tools';

/**
 * Calls the candidates of the plan until one answers: in their order, beside each other where the first is slow, or from cheap to
 * strong. Every slot is given back, and nothing is in flight any more when it is done.
 */
@Injectable()
export class UpstreamStage {
  constructor(
    private readonly tools: UpstreamTools,
    private readonly policy: PolicyService,
  ) {}

  async serve(job: Job, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    this.tools.times.note(job);
    const tried = await this.ask(job, observer);
    this.tools.bills.keep(job.trace, tried);
    return tried.outcome;
  }

  private ask(job: Job, observer: UpstreamObserver): Promise<Tried> {
    const { trace, planned } = job;
    const { route, retries } = planned.plan;
    const reach = retries.fallbacks + 1;
    const isText = isGenerative(job.exchange.operation);
    if (route.cascade === null || trace.stream || !isText) {
      // What was sent cannot be taken back, so an answer that is streamed is not checked; nor one that says nothing.
      const skipped = isText ? 'stream' : 'operation';
      if (route.strategy === 'cascade') trace.noteStage('cascade', trace.elapsed(), 0, { skipped });
      return new Chain(job, this.tools, { reach, hedged: true }).answer(observer);
    }
    // The next candidate is stronger, and dearer: it is no rival for a slow one.
    const chain = new Chain(job, this.tools, { reach: Math.max(reach, route.cascade.maxSteps), hedged: false });
    return askInCascade(job, chain, this.tools.bills, route.cascade.maxSteps, (body) =>
      this.policy.accepts(planned.plan, answerFacts(job.exchange.operation, body)),
    );
  }
}
