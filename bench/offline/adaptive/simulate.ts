import type { Limiter } from './limiters';
import { UpstreamModel, type ModelCall } from './upstream-model';
import type { Work } from './workload';

/** Requests that wait for a slot; beyond, they are turned away. */
const MAX_WAITING = 100;
/** An upstream's 429 takes this long, and its request tries again after that, ms. */
const REFUSAL_MS = 100;
const RETRY_MS = 1_000;

export interface Upstream {
  readonly capacityAt: (now: number) => number;
  /** More at a time are refused with 429. */
  readonly boundAt: (now: number) => number;
  /** When the capacity changes, ms. */
  readonly changes: readonly number[];
}

interface Answer {
  readonly ttftMs: number;
  readonly tpotMs: number;
}

export interface Run {
  readonly answers: readonly Answer[];
  readonly refusals: number; // 429s of the upstream
  readonly inFlightMs: number; // integral of the calls in flight, for their mean
}

/** A request that was refused: until its 429 is here, then until it tries again. */
interface Due {
  readonly at: number;
  readonly startedAt: number;
  readonly work: Work;
}

/** One upstream behind one limiter on a virtual clock: whoever arrives goes when the limit allows it, else waits in line. */
export class Simulation {
  private readonly model: UpstreamModel;
  private readonly waiting: Work[] = [];
  private readonly refused: Due[] = []; // in order of time
  private readonly retries: Due[] = []; // likewise
  private readonly answers: Answer[] = [];
  private refusals = 0;
  private inFlightMs = 0;
  private now = 0;

  constructor(
    private readonly upstream: Upstream,
    private readonly limiter: Limiter,
  ) {
    this.model = new UpstreamModel(upstream.capacityAt);
  }

  run(works: readonly Work[], durationMs: number): Run {
    const changes = [...this.upstream.changes];
    for (let next = 0; ;) {
      const arrivesAt = works[next]?.arrivesAt ?? Infinity;
      const modelAt = this.model.nextAt();
      const refusedAt = this.refused[0]?.at ?? Infinity;
      const retryAt = this.retries[0]?.at ?? Infinity;
      const at = Math.min(arrivesAt, modelAt, refusedAt, retryAt, changes[0] ?? Infinity);
      if (at > durationMs) return { answers: this.answers, refusals: this.refusals, inFlightMs: this.inFlightMs };
      this.pass(at);
      if (at === modelAt) this.finish(this.model.take());
      if (at === changes[0]) changes.shift();
      if (at === refusedAt) this.refuse(this.refused.shift());
      if (at === retryAt) this.join(this.retries.shift()?.work);
      if (at === arrivesAt) this.join(works[next++]);
      this.fill();
    }
  }

  private pass(at: number): void {
    this.inFlightMs += this.inFlight * (at - this.now);
    this.now = at;
    this.model.advance(at);
  }

  private get inFlight(): number {
    return this.model.size + this.refused.length;
  }

  private join(work: Work | undefined): void {
    if (work && this.waiting.length < MAX_WAITING) this.waiting.push(work);
  }

  private fill(): void {
    while (this.waiting.length > 0 && this.inFlight < this.limiter.limit(this.now)) {
      const work = this.waiting.shift();
      if (!work) return;
      if (this.model.size < this.upstream.boundAt(this.now)) this.model.start(work, this.now);
      else this.refused.push({ at: this.now + REFUSAL_MS, startedAt: this.now, work });
    }
  }

  private finish(call: ModelCall | null): void {
    if (!call) return;
    const { now } = this;
    const { startedAt, firstTokenAt, work } = call;
    const ttftMs = (firstTokenAt ?? now) - startedAt;
    const tpotMs = (now - startedAt - ttftMs) / (work.outputTokens - 1);
    this.answers.push({ ttftMs, tpotMs });
    const inFlight = this.inFlight + 1;
    this.limiter.ended({ refused: false, ttftMs, tpotMs, totalMs: now - startedAt, startedAt, now, inFlight });
  }

  private refuse(due: Due | undefined): void {
    if (!due) return;
    const { startedAt, work } = due;
    const { now } = this;
    this.refusals++;
    const inFlight = this.inFlight + 1;
    this.limiter.ended({ refused: true, ttftMs: 0, tpotMs: 0, totalMs: now - startedAt, startedAt, now, inFlight });
    this.retries.push({ at: now + RETRY_MS, startedAt: now, work });
  }
}
