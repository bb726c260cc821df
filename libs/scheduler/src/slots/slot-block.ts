import { DemandPeak } from '../domain/slots/demand-peak';
import type { SlotClaim, SlotGrant } from '../ports/slot-ledger.port';

/** Whoever uses a block says how many of its slots are taken, and how many its requests call for. */
export interface DemandGauge {
  /** Slots that cannot be given back now, lent ones included. */
  readonly inUse: number;
  /** Slots that this process's own requests use, wherever they are from, or wait for. */
  readonly needed: number;
}

/** The processes that shared the limits when the ledger was last heard of. */
export interface LastKnown {
  readonly processes: number;
  readonly rank: number;
}

interface BlockEvents {
  /** The block may use more or fewer slots than before. */
  readonly onChange: (size: number) => void;
  /** The ledger ought to hear of this block soon. */
  readonly onAsk: (block: SlotBlock) => void;
}

/** What the others are to hear after an answer: that they shall give back what they do not use, or that something was given back. */
interface SlotNews {
  readonly recall: boolean;
  readonly freed: boolean;
}

/** The slots of one pool that this process may use, on a lease. */
export class SlotBlock {
  /** Slots that may be used now; what is in use beyond that runs on. */
  size = 0;
  /** Slots of all processes together, as far as is known. */
  poolLimit: number;
  /** Processes that have a part in this pool, as the ledger last said; 0 before it has. */
  processes = 0;
  private readonly demand = new DemandPeak();
  private granted = 0; // as the ledger knows it
  private counted = 0; // in use here as far as the ledger knows
  private kept = 0; // as the latest claim said; the ledger counts it until the next one
  private claimed = 0; // slots needed, as the ledger knows it
  private share = 0;
  private called = false; // others are short of slots
  private offering = false; // with the next claim, all that is not needed
  private lowered = false; // the others do not know yet how low the limit is

  /** `validUntil`: monotonic ms; before, the block waits for the ledger even if it fails. */
  constructor(
    readonly pool: string,
    private ownLimit: number,
    private readonly gauge: DemandGauge,
    private readonly events: BlockEvents,
    public validUntil: number,
  ) {
    this.poolLimit = ownLimit;
  }

  /** Slots of all processes together, as this one sees it: counts at once, and for the others as soon as they hear of it. */
  setLimit(slots: number): void {
    const limit = Math.floor(slots);
    if (limit === this.ownLimit) return;
    this.lowered ||= limit < this.ownLimit;
    this.ownLimit = limit;
    this.poolLimit = Math.min(this.poolLimit, limit);
    this.resize(Math.min(this.size, limit));
    this.events.onAsk(this);
  }

  /** To be called when a request begins to wait or a slot falls free. */
  review(): void {
    const { needed } = this.gauge;
    this.demand.see(needed);
    if (this.called && needed < this.size && (needed < this.claimed || this.size > this.share)) this.offer();
    this.shrink();
    const wanting = needed > this.size && this.size < this.poolLimit;
    if (wanting && Math.min(needed, this.poolLimit) > this.claimed) this.events.onAsk(this);
  }

  /** Others are short of slots. */
  recall(): void {
    const { needed } = this.gauge;
    const isNews = !this.called;
    this.called = true;
    if (isNews || needed < this.size || needed < this.claimed) this.offer();
  }

  /** Others gave slots back: for what waits here, or for the next request. */
  hearFreed(): void {
    const bare = this.size === 0 && this.poolLimit >= this.processes;
    if (bare || this.gauge.needed > this.size) this.events.onAsk(this);
  }

  /** Nothing runs or waits, nor did so within the last few heartbeats. */
  get idle(): boolean {
    return this.gauge.inUse === 0 && this.gauge.needed === 0 && this.demand.peak === 0;
  }

  /** A heartbeat: what was needed long ago is forgotten. */
  turn(): void {
    this.demand.turn(this.gauge.needed);
  }

  /** What to ask of the ledger. Until it answers the block is no larger than what it says it keeps, so that nobody uses a slot twice. */
  claim(): SlotClaim {
    const { inUse, needed } = this.gauge;
    this.demand.see(needed);
    this.resize(Math.min(this.size, Math.max(inUse, this.offering ? needed : this.share)));
    this.offering = false;
    this.claimed = needed;
    this.kept = Math.max(inUse, this.size);
    return {
      ...{ pool: this.pool, limit: this.ownLimit, needed, processes: this.processes },
      ...{ kept: this.kept, wanted: this.demand.wanted },
    };
  }

  /** The ledger's answer; `validUntil`: monotonic ms. */
  accept(grant: SlotGrant, validUntil: number): SlotNews {
    const news = this.newsOf(grant);
    this.validUntil = validUntil;
    this.granted = grant.granted;
    this.counted = Math.max(grant.granted, this.kept);
    this.share = grant.share;
    this.called = grant.called;
    this.processes = grant.processes;
    this.poolLimit = Math.min(grant.limit, this.ownLimit);
    this.lowered = false;
    this.resize(Math.min(grant.granted, this.ownLimit));
    this.shrink();
    this.giveBack();
    return news;
  }

  /** The lease has run out: nothing is started until the ledger has answered or failed. */
  expire(): void {
    this.granted = this.counted = this.share = 0;
    this.resize(0);
  }

  /** The ledger is away: the limit is divided among the processes that were there last, so that their parts add up to it. */
  fallBack({ processes, rank }: LastKnown): void {
    this.granted = this.counted = 0;
    this.called = false;
    this.poolLimit = this.ownLimit;
    this.share = Math.floor(this.ownLimit / processes) + (rank < this.ownLimit % processes ? 1 : 0);
    // One at least: with fewer slots than processes the limit is exceeded for as long as nobody can say whose turn it is, rather than
    // that the requests of some processes wait for nothing.
    this.resize(Math.max(1, this.share));
  }

  /** All that is not needed: what is due to this process comes back with the answer. */
  private offer(): void {
    this.offering = true;
    this.events.onAsk(this);
  }

  /** What falls free beyond the share is not used again while others are short. */
  private shrink(): void {
    if (!this.called || this.size <= this.share) return;
    this.resize(Math.max(this.share, Math.min(this.size, this.gauge.inUse)));
    if (this.size < this.granted) this.events.onAsk(this);
  }

  /** What others are due, and what the ledger still counts here, with the next question. */
  private giveBack(): void {
    const { size, share, counted, gauge } = this;
    if (size > Math.max(share, gauge.inUse) || counted > Math.max(size, gauge.inUse)) this.events.onAsk(this);
  }

  private newsOf(grant: SlotGrant): SlotNews {
    return {
      recall: grant.processes > 1 && (grant.short || this.lowered),
      freed: grant.processes > 1 && Math.max(grant.granted, this.kept) < this.counted,
    };
  }

  private resize(size: number): void {
    if (size === this.size) return;
    this.size = size;
    this.events.onChange(size);
  }
}
