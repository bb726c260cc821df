import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@relay/core';
import type { LiveFacts, LiveSource, ShutReason, TargetLive } from '@relay/policy';
import { isOutOfService, TargetMonitor, type TargetFigures } from '@relay/providers';
import { Scheduler } from '@relay/scheduler';
import { FeedbackLedger, SpendLedger } from '@relay/trace';

/** How long one view of the targets serves, in ms: loads change with every request, plans need not follow each. */
const VIEW_MS = 250;
const LOAD_STEPS = 10;

type Targets = Pick<LiveFacts, 'targets' | 'open'>;

/** What plans see of the running state, put together from those who know. Answers from memory. */
@Injectable()
export class LiveFigures implements LiveSource {
  private view: Targets = { targets: new Map(), open: new Map() };
  private viewOf: ReadonlyMap<string, TargetFigures> | null = null;
  private validUntil = -Infinity; // monotonic ms

  constructor(
    private readonly monitor: TargetMonitor,
    private readonly scheduler: Scheduler,
    private readonly feedback: FeedbackLedger,
    private readonly spend: SpendLedger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  read(tenantId: string, user: string): LiveFacts {
    const { targets, open } = this.targets();
    return {
      targets,
      open,
      evidence: this.feedback.evidenceOf(tenantId, user),
      outputTokens: this.spend.outputTokens(),
      spentUsd: this.spend.spentUsd(tenantId),
      longCostTokens: this.scheduler.longCostTokens,
    };
  }

  /** A breaker that changes shows at once: the monitor then has a new snapshot. */
  private targets(): Targets {
    const figures = this.monitor.figures();
    const now = this.clock.monotonic();
    if (figures === this.viewOf && now < this.validUntil) return this.view;
    this.view = viewOf(figures, this.loads());
    this.viewOf = figures;
    this.validUntil = now + VIEW_MS;
    return this.view;
  }

  /** By provider: slots in use and requests waiting for one, as a share of its slots, in tenths. */
  private loads(): ReadonlyMap<string, number> {
    return new Map(
      this.scheduler.snapshot().map(({ id, inUse, limit, waiting }) => {
        const load = (inUse + waiting.short + waiting.long) / Math.max(1, limit);
        return [id, Math.round(load * LOAD_STEPS) / LOAD_STEPS];
      }),
    );
  }
}

function viewOf(figures: ReadonlyMap<string, TargetFigures>, loads: ReadonlyMap<string, number>): Targets {
  const targets = new Map<string, TargetLive>();
  const open = new Map<string, ShutReason>();
  for (const [key, target] of figures) {
    if (target.breaker === 'open') open.set(key, isOutOfService(target.reason) ? target.reason : 'down');
    const { ttftP50Ms, ttftP90Ms, tpotP50Ms, tpotP90Ms, rttMs } = target;
    targets.set(key, { ttftP50Ms, ttftP90Ms, tpotP50Ms, tpotP90Ms, rttMs, load: loads.get(target.provider) ?? 0 });
  }
  return { targets, open };
}
