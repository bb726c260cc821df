import type { DegradeStep } from '@relay/contracts';
import type { RefusalReason, Verdict } from '../domain/admission/verdict';

/** What became of a request at admission; of several steps the last, which made it fit. */
export type AdmissionOutcome = 'admitted' | 'elsewhere' | DegradeStep | `refused_${RefusalReason}`;

export interface AdmissionCount {
  readonly pool: string; // where the request was planned to go
  readonly outcome: AdmissionOutcome;
  readonly count: number; // since the start of the process
}

/** How often each outcome came; there are as many pools as the configuration names. */
export class AdmissionCounts {
  private readonly pools = new Map<string, Map<AdmissionOutcome, number>>();

  add(pool: string, verdict: Verdict): void {
    const outcome = outcomeOf(verdict, pool);
    const counts = this.pools.get(pool) ?? new Map<AdmissionOutcome, number>();
    this.pools.set(pool, counts);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }

  *list(): Iterable<AdmissionCount> {
    for (const [pool, counts] of this.pools) for (const [outcome, count] of counts) yield { pool, outcome, count };
  }
}

function outcomeOf(verdict: Verdict, pool: string): AdmissionOutcome {
  switch (verdict.kind) {
    case 'admitted':
      return verdict.steps.at(-1) ?? (verdict.way.poolId === pool ? 'admitted' : 'elsewhere');
    case 'cached':
      return 'looser-cache';
    case 'refused':
      return verdict.reason === 'shed' ? 'shed-batch' : `refused_${verdict.reason}`;
    default:
      return verdict satisfies never;
  }
}
