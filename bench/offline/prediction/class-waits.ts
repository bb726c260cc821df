/** A request as it waits: what it is thought to cost, in tokens, and how long it will hold its slot. */
export interface Waiting {
  readonly atMs: number;
  readonly cost: number;
  readonly serviceMs: number;
}

type Class = 'short' | 'long';

/** As in the scheduler: every fourth slot is offered to long work first, and a fifth of the slots is kept free of it. */
const LONG_EVERY = 4;
const SHORT_SHARE = 0.2;
const SHORT_FIRST = ['short', 'long'] as const;
const LONG_FIRST = ['long', 'short'] as const;

/** How long each request waits for one of `slots`, when those from `threshold` on are long; first come, first served within a class. */
export function waitsOf(requests: readonly Waiting[], slots: number, threshold: number): number[] {
  return new Pool(requests, slots, threshold).run();
}

class Pool {
  private readonly slots: { freeAt: number; class: Class }[];
  private readonly queues: Record<Class, number[]> = { short: [], long: [] };
  private readonly heads: Record<Class, number> = { short: 0, long: 0 };
  private readonly waits: number[];
  private readonly maxLong: number;
  private arrived = 0;
  private granted = 0;

  constructor(
    private readonly requests: readonly Waiting[],
    slots: number,
    private readonly threshold: number,
  ) {
    this.slots = Array.from({ length: slots }, () => ({ freeAt: 0, class: 'short' }));
    this.waits = requests.map(() => 0);
    this.maxLong = Number.isFinite(threshold) ? Math.ceil(slots * (1 - SHORT_SHARE)) : slots;
  }

  run(): number[] {
    for (;;) {
      const slot = this.slots.reduce((first, each) => (each.freeAt < first.freeAt ? each : first));
      const now = this.isEmpty ? Math.max(slot.freeAt, this.nextArrival) : slot.freeAt;
      if (now === Infinity) return this.waits;
      this.join(now);
      const next = this.take(now);
      if (next) {
        this.waits[next.index] = now - next.request.atMs;
        slot.class = next.class;
        slot.freeAt = now + next.request.serviceMs;
      } else
        slot.freeAt = Math.min(
          this.nextArrival,
          ...this.slots.map((each) => (each.freeAt > now ? each.freeAt : Infinity)),
        );
    }
  }

  private get isEmpty(): boolean {
    return this.heads.short === this.queues.short.length && this.heads.long === this.queues.long.length;
  }

  private get nextArrival(): number {
    return this.requests[this.arrived]?.atMs ?? Infinity;
  }

  private join(until: number): void {
    for (let next = this.requests[this.arrived]; next && next.atMs <= until; next = this.requests[++this.arrived]) {
      this.queues[next.cost < this.threshold ? 'short' : 'long'].push(this.arrived);
    }
  }

  private take(now: number): { index: number; request: Waiting; class: Class } | null {
    const long = this.slots.filter((each) => each.class === 'long' && each.freeAt > now).length;
    for (const kind of this.granted % LONG_EVERY === LONG_EVERY - 1 ? LONG_FIRST : SHORT_FIRST) {
      const index = this.queues[kind][this.heads[kind]];
      const request = index === undefined ? undefined : this.requests[index];
      if (index === undefined || !request || (kind === 'long' && long >= this.maxLong)) continue;
      this.heads[kind]++;
      this.granted++;
      return { index, request, class: kind };
    }
    return null;
  }
}
