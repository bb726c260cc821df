/** Tags of tenants that are not ahead of the virtual time say nothing and are dropped when the map grows beyond this. */
const MAX_TAGS = 10_000;

/**
 * Start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) over weighted tokens: the clock of one pool.
 *
 * Work gets the start tag max(virtual time, its tenant's finish tag) and moves that finish tag on by cost / weight; what is
 * served next is the smallest start tag, and the virtual time is the start tag of what was served last. So a newcomer starts
 * beside everybody else instead of with credit from the time it was away. Tags are weighted tokens; they only grow.
 */
export class FairClock {
  private now = 0;
  private readonly finish = new Map<string, number>();
  private pruneAt = MAX_TAGS;
  private told = false;

  /**
   * `onCharge` hears of every charge of this process, in weighted tokens, and says whether the other processes hear of it as well; and of the
   * corrections (`corrects`) of those that they heard of, negative when too much was charged.
   */
  constructor(
    private readonly onCharge: (tenantId: string, weighted: number, corrects: boolean) => boolean = () => false,
  ) {}

  /** Whether the other processes hear of the latest charge, by `stamp` or `pass`. */
  get latestTold(): boolean {
    return this.told;
  }

  get virtualTime(): number {
    return this.now;
  }

  /** The start tag that a tenant's next work would get. */
  startOf(tenantId: string): number {
    return Math.max(this.now, this.finish.get(tenantId) ?? 0);
  }

  /** The start tag of a tenant's next work, which is charged to it at once. */
  stamp(tenantId: string, cost: number, weight: number): number {
    const start = Math.max(this.now, this.finish.get(tenantId) ?? 0);
    const weighted = finite(cost / weight);
    this.finish.set(tenantId, start + weighted);
    this.told = this.onCharge(tenantId, weighted, false);
    if (this.finish.size > this.pruneAt) this.prune();
    return start;
  }

  /** The work with this start tag is being served. */
  served(startTag: number): void {
    if (startTag > this.now) this.now = startTag;
  }

  /** Work that needed no line: charged like any other. */
  pass(tenantId: string, cost: number, weight: number): void {
    this.served(this.stamp(tenantId, cost, weight));
  }

  /**
   * Corrects a charge once more is known; `cost` in tokens, negative when too much was charged. `told`: the other processes heard of the
   * charge, so they are to hear of this as well.
   */
  correct(tenantId: string, cost: number, weight: number, told: boolean): void {
    const finish = this.finish.get(tenantId);
    const weighted = finite(cost / weight);
    if (finish === undefined || weighted === 0) return;
    this.finish.set(tenantId, finish + weighted);
    if (told) this.onCharge(tenantId, weighted, true);
  }

  /**
   * What another process charged, or took back: a tenant has one finish tag, however many processes serve it. Never below the virtual time:
   * what is taken back is no credit.
   */
  chargedElsewhere(tenantId: string, weighted: number): void {
    this.finish.set(
      tenantId,
      Math.max(this.now, Math.max(this.now, this.finish.get(tenantId) ?? 0) + finite(weighted)),
    );
    if (this.finish.size > this.pruneAt) this.prune();
  }

  private prune(): void {
    for (const [tenantId, tag] of this.finish) if (tag <= this.now) this.finish.delete(tenantId);
    this.pruneAt = Math.max(MAX_TAGS, 2 * this.finish.size); // where all of them say something, not with each further one
  }
}

/** A tag that is no number would stay one: its tenant, and the line that its next ticket is put in, would be lost until a restart. */
const finite = (weighted: number): number => (Number.isFinite(weighted) ? weighted : 0);
