import { Inject, Injectable, Logger } from '@nestjs/common';
import { CLOCK, type Clock } from '@relay/core';
import { CanarySumsReader, MAX_WINDOW_MS } from './canary-sums.reader';
import { CanaryRepository } from './canary.repository';
import { judgeCanary, reasonsOf } from './domain/judge-canary';
import { PolicyCanaries } from './policy-canaries';

/** Looks at what a canary's requests came to, and stops it when they are worse than is allowed. */
@Injectable()
export class CanaryGuard {
  private readonly logger = new Logger(CanaryGuard.name);

  constructor(
    private readonly canaries: CanaryRepository,
    private readonly reader: CanarySumsReader,
    private readonly policies: PolicyCanaries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One look. Rejects when the database is away, or takes too long: the canary goes on, and so do the looks. */
  async run(): Promise<void> {
    const canary = await this.canaries.running();
    if (!canary) return;
    const at = this.clock.now();
    const from = Math.max(canary.started_at.getTime(), at - MAX_WINDOW_MS);
    const judgement = judgeCanary(await this.reader.read(canary, from, at), canary.guardrails, { at, from });
    if (judgement.verdict !== 'worse') return this.canaries.judge(canary.id, judgement);
    const stopped = await this.policies.stopWorse(canary.id, judgement);
    if (!stopped.ok) throw stopped.error;
    if (stopped.value) this.logger.warn(`The canary ${canary.label} was stopped:\n${reasonsOf(judgement)}`);
  }
}
