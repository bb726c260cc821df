import { TPOT_MS, type Work } from './workload';

/** What batching costs each call when the upstream is just full, as a share. */
const BATCHING = 0.25;

/** A call in the upstream. Times in ms on the virtual clock. */
export interface ModelCall {
  readonly work: Work;
  readonly startedAt: number;
  firstTokenAt: number | null;
}

interface Milestone {
  readonly service: number; // of the upstream's service clock
  readonly call: ModelCall;
  readonly kind: 'first-token' | 'end';
}

/**
 * An upstream with continuous batching, as processor sharing: up to its capacity every call goes on at nearly full pace, beyond it all share what there
 * is, first tokens and further ones alike. One service clock, which runs at the common pace, says when each call reaches what.
 */
export class UpstreamModel {
  private readonly milestones: Milestone[] = []; // latest first
  private service = 0;
  private at = 0;
  private inFlight = 0;

  constructor(private readonly capacityAt: (now: number) => number) {}

  get size(): number {
    return this.inFlight;
  }

  start(work: Work, now: number): void {
    this.advance(now);
    const call: ModelCall = { work, startedAt: now, firstTokenAt: null };
    const first = this.service + work.prefillMs;
    this.insert({ service: first, call, kind: 'first-token' });
    this.insert({ service: first + (work.outputTokens - 1) * TPOT_MS, call, kind: 'end' });
    this.inFlight++;
  }

  /** When something happens next if nothing changes; infinite when it is idle. */
  nextAt(): number {
    const next = this.milestones.at(-1);
    return next ? this.at + (next.service - this.service) / this.pace() : Infinity;
  }

  /** Lets time pass until `now`, which is no later than `nextAt()` and than a change of the capacity. */
  advance(now: number): void {
    this.service += (now - this.at) * this.pace();
    this.at = now;
  }

  /** Takes what is due now, at `nextAt()`. The call, if it has ended. */
  take(): ModelCall | null {
    const next = this.milestones.pop();
    if (!next) return null;
    this.service = next.service; // where it is but for rounding
    if (next.kind === 'first-token') {
      next.call.firstTokenAt = this.at;
      return null;
    }
    this.inFlight--;
    return next.call;
  }

  /** Service a ms. */
  private pace(): number {
    const load = this.inFlight / this.capacityAt(this.at);
    return 1 / ((1 + BATCHING * Math.min(1, load)) * Math.max(1, load));
  }

  private insert(milestone: Milestone): void {
    let low = 0;
    let high = this.milestones.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.milestones[middle]?.service ?? 0) > milestone.service) low = middle + 1;
      else high = middle;
    }
    this.milestones.splice(low, 0, milestone);
  }
}
