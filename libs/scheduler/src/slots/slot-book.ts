import type { Clock } from '@relay/core';
import type { LineHealth } from '../adapters/failover-ticket-line';
import { Pace } from '../domain/slots/pace';
import type { SlotMessage } from '../messages';
import type { MessageBus } from '../ports/message-bus.port';
import type { SlotGrant, SlotLedger } from '../ports/slot-ledger.port';
import { type DemandGauge, type LastKnown, SlotBlock } from './slot-block';

/** Heartbeats within the life of a lease. */
const BEATS_PER_LEASE = 5;
/** Of more blocks than these, those that nobody uses are renewed with each third heartbeat only: still before their leases end. */
const MANY_BLOCKS = 100;
const IDLE_EVERY = 3; // heartbeats
/** Urgent questions to the ledger: one each 20 ms, a few of them at once. */
const ASK_EVERY_MS = 20;
const ASK_BURST = 5;
/** All processes come back to a ledger that was away at about the same time: how long after the first look the rest is seen, ms. */
const LOOK_AGAIN_MS = 250;
/** A question that failed is asked again after this, and twice as long after each further failure, ms. */
const ASK_AGAIN_MS = 50;
const ASK_AGAIN_MAX_MS = 800;
/** A new block waits this long for a ledger that fails before it goes by itself, ms. */
const PATIENCE_MS = 1_000;

interface SlotBookOptions {
  readonly ledger: SlotLedger;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly health: LineHealth;
  readonly onFault: (error: unknown) => void;
  /** Before each heartbeat. */
  readonly onBeat: () => void;
}

/**
 * The blocks of slots that this process holds, and its conversation with the ledger about them: on a heartbeat, when a block is too
 * small for what waits (the others then hear `recall` and offer what they do not use), and when a slot that others are due falls free
 * (they hear `freed`). One question is under way at a time; whatever comes up meanwhile goes into the next.
 */
export class SlotBook {
  private readonly blocks = new Map<string, SlotBlock>();
  private readonly due = new Set<SlotBlock>();
  private dropped: string[] = [];
  private readonly pace = new Pace(ASK_EVERY_MS, ASK_BURST);
  private known: LastKnown = { processes: 1, rank: 0 };
  private asking: Promise<void> | null = null;
  private scheduled = false;
  private away = false; // the last question failed
  private lost = false; // and leases have run out since
  private started = false;
  private closed = false;
  private cancelBeat: () => void = () => undefined;
  private cancelExpiry: (() => void) | null = null;
  private cancelAgain: (() => void) | null = null; // of the question that failed
  private failures = 0; // in a row
  private beats = 0;
  private cancelLook: () => void = () => undefined;

  constructor(private readonly options: SlotBookOptions) {}

  /** Processes that share the limits, as far as is known. */
  get processes(): number {
    return this.known.processes;
  }

  /** The ledger answered what it was asked last. */
  get reachable(): boolean {
    return !this.away;
  }

  /** Asks for all blocks so far at once, and starts the heartbeat. A ledger in memory has settled them when this returns. */
  start(): void {
    this.started = true;
    this.options.ledger.onBack?.(() => this.comeBack());
    this.ask();
    this.scheduleBeat();
  }

  /** Until the ledger has answered what it was asked, or failed. */
  async settled(): Promise<void> {
    await this.asking;
  }

  /** Slots of `pool`, of which all processes together may use `limit`. */
  block(pool: string, limit: number, gauge: DemandGauge, onChange: (size: number) => void): SlotBlock {
    const events = { onChange, onAsk: (block: SlotBlock) => this.askSoon(block) };
    const validUntil = this.options.clock.monotonic() + (this.away ? 0 : PATIENCE_MS);
    const block = new SlotBlock(pool, limit, gauge, events, validUntil);
    this.blocks.set(pool, block);
    if (this.away) block.fallBack(this.known);
    else this.watchLeases();
    this.due.add(block);
    this.ask();
    return block;
  }

  /** Gives a block back. */
  drop(pool: string): void {
    const block = this.blocks.get(pool);
    if (!block) return;
    this.blocks.delete(pool);
    this.due.delete(block);
    this.dropped.push(pool);
    this.ask();
  }

  receive({ type, pools }: SlotMessage): void {
    const now = this.options.clock.monotonic();
    for (const pool of pools) {
      const block = this.blocks.get(pool);
      if (!block || now >= block.validUntil) continue; // who has no lease is told with the next one
      if (type === 'recall') block.recall();
      else block.hearFreed();
    }
  }

  /** Gives everything back; what is in use runs on. */
  async close(): Promise<void> {
    this.closed = true;
    this.cancelBeat();
    this.cancelExpiry?.();
    this.cancelLook();
    await this.asking;
    this.cancelAgain?.();
    await this.leave([...this.blocks.keys(), ...this.dropped]);
  }

  /** The ledger may have lost its memory: it knows who has how many as soon as all have told it, and what is free with the next question. */
  private comeBack(): void {
    this.askForAll();
    this.cancelLook();
    this.cancelLook = this.options.clock.after(LOOK_AGAIN_MS, () => this.askForAll());
  }

  private scheduleBeat(): void {
    const { clock, ledger } = this.options;
    this.cancelBeat = clock.after(ledger.leaseMs / BEATS_PER_LEASE, () => {
      this.scheduleBeat();
      this.beat();
    });
  }

  private beat(): void {
    this.options.onBeat();
    const isForAll = this.blocks.size <= MANY_BLOCKS || ++this.beats % IDLE_EVERY === 0;
    for (const block of this.blocks.values()) block.turn();
    this.askForAll((block) => isForAll || !block.idle);
  }

  /** In the order in which they were opened: those of providers come first. */
  private askForAll(isAsked: (block: SlotBlock) => boolean = () => true): void {
    for (const block of this.blocks.values()) {
      if (!isAsked(block)) continue;
      this.due.delete(block);
      this.due.add(block);
    }
    this.ask();
  }

  /** Soon: with whatever else the same event brings about, and not too often; after a failure once that is asked again. */
  private askSoon(block: SlotBlock): void {
    this.due.add(block);
    if (this.cancelAgain || this.scheduled || this.asking || !this.started || this.closed) return;
    this.scheduled = true;
    const waitMs = this.pace.book(this.options.clock.monotonic());
    if (waitMs > 0) this.options.clock.after(waitMs, () => this.ask());
    else queueMicrotask(() => this.ask());
  }

  private ask(): void {
    this.scheduled = false;
    if (this.asking || !this.started || this.closed) return;
    const asking = this.dropped.length > 0 ? this.leave(this.dropped.splice(0)) : this.balance();
    if (!asking) return;
    this.asking = asking.finally(() => {
      this.asking = null;
      if (this.dropped.length > 0) return this.ask();
      const [block] = this.due;
      if (block) this.askSoon(block);
    });
  }

  /** A promise only if the ledger makes one wait. */
  private balance(): Promise<void> | undefined {
    const blocks = [...this.due];
    this.due.clear();
    if (blocks.length === 0) return undefined;
    const validUntil = this.options.clock.monotonic() + this.options.ledger.leaseMs; // from before the ledger hears of it
    const answer = this.options.ledger.balance(blocks.map((block) => block.claim()));
    if (!(answer instanceof Promise)) {
      this.accept(blocks, answer, validUntil);
      return undefined;
    }
    return answer.then(
      (grants) => this.accept(blocks, grants, validUntil),
      (error: unknown) => this.fail(blocks, error),
    );
  }

  private accept(blocks: readonly SlotBlock[], grants: readonly (SlotGrant | null)[], validUntil: number): void {
    if (this.options.clock.monotonic() >= validUntil) return this.fail(blocks, new Error('an answer came too late'));
    this.away = false;
    this.remember(grants.filter((grant) => grant !== null));
    const unanswered = blocks.filter((_block, i) => !grants[i]);
    if (unanswered.length > 0) this.askAgain(unanswered, new Error('no answer for some of the slots'));
    else this.recover();
    const recalls: string[] = [];
    const freed: string[] = [];
    for (const [i, block] of blocks.entries()) {
      const grant = grants[i];
      if (!grant || this.blocks.get(block.pool) !== block) continue; // given back meanwhile
      const news = block.accept(grant, validUntil);
      if (news.recall) recalls.push(block.pool);
      if (news.freed) freed.push(block.pool);
    }
    if (!this.cancelExpiry) this.watchLeases(); // they had all run out
    this.tell('recall', recalls);
    this.tell('freed', freed);
  }

  /** All that was asked was answered. */
  private recover(): void {
    this.failures = 0;
    this.cancelAgain?.();
    this.cancelAgain = null;
    if (this.lost) this.options.health.restored();
    this.lost = false;
  }

  /** Processes are counted by the pool that most of them use: one of a tenant is used by few. */
  private remember(grants: readonly SlotGrant[]): void {
    let most: LastKnown = grants.length < this.blocks.size ? this.known : { processes: 1, rank: 0 };
    for (const grant of grants) if (grant.processes >= most.processes) most = grant;
    this.known = { processes: most.processes, rank: most.rank };
  }

  private fail(blocks: readonly SlotBlock[], error: unknown): void {
    this.away = true;
    this.askAgain(blocks, error);
  }

  /** While a lease lasts its block waits for the ledger, which may have settled what it did not tell; then it goes by itself. */
  private askAgain(blocks: readonly SlotBlock[], error: unknown): void {
    const { clock } = this.options;
    const waitMs = Math.min(ASK_AGAIN_MS * 2 ** this.failures++, ASK_AGAIN_MAX_MS);
    this.cancelAgain?.();
    this.cancelAgain = clock.after(waitMs, () => {
      this.cancelAgain = null;
      if (this.due.size > 0) this.ask();
    });
    const now = clock.monotonic();
    for (const block of blocks) {
      if (now < block.validUntil) {
        if (this.blocks.get(block.pool) === block) this.due.add(block);
        continue;
      }
      if (!this.lost) this.options.health.lost(error);
      this.lost = true;
      block.fallBack(this.known);
    }
  }

  /** One timer for all leases: they get longer only, so that it is never late. None while no lease runs. */
  private watchLeases(): void {
    this.cancelExpiry?.();
    this.cancelExpiry = null;
    const now = this.options.clock.monotonic();
    let next = Infinity;
    for (const { validUntil } of this.blocks.values()) if (validUntil > now) next = Math.min(next, validUntil);
    if (next < Infinity) this.cancelExpiry = this.options.clock.after(next - now, () => this.expire());
  }

  private expire(): void {
    const now = this.options.clock.monotonic();
    for (const block of this.blocks.values()) {
      if (now < block.validUntil) continue;
      if (this.away) block.fallBack(this.known);
      else block.expire();
      this.due.add(block);
    }
    this.watchLeases();
    this.ask();
  }

  private async leave(pools: readonly string[]): Promise<void> {
    await this.options.ledger.leave(pools).catch(this.options.onFault); // else the leases run out
    this.tell('freed', pools);
  }

  private tell(type: SlotMessage['type'], pools: readonly string[]): void {
    if (pools.length > 0) this.options.bus.broadcast({ type, pools: [...pools] }).catch(this.options.onFault);
  }
}
