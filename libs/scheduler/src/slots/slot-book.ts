import type { Clock } from '@relay/core';
import type { LineHealth } from '../adapters/failover-ticket-line';
import { Pace } from '../domain/slots/pace';
import type { SlotMessage } from '../messages';
import type { MessageBus } from '../ports/message-bus.port';
import type { SlotGrant, SlotLedger } from '../ports/slot-ledger.port';
import { type DemandGauge, type LastKnown, SlotBlock } from './slot-block';

/** Heartbeats within the life of a lease. */
const BEATS_PER_LEASE = 5;
/** Urgent questions to the ledger: one each 20 ms, a few of them at once. */
const ASK_EVERY_MS = 20;
const ASK_BURST = 5;
/** All processes come back to a ledger that was away at about the same time: how long after the first look the rest is seen, ms. */
const LOOK_AGAIN_MS = 250;
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
  private cancelExpiry: () => void = () => undefined;
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
    for (const pool of pools) {
      if (type === 'recall') this.blocks.get(pool)?.recall();
      else this.blocks.get(pool)?.hearFreed();
    }
  }

  /** Gives everything back; what is in use runs on. */
  async close(): Promise<void> {
    this.closed = true;
    this.cancelBeat();
    this.cancelExpiry();
    this.cancelLook();
    await this.asking;
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
    for (const block of this.blocks.values()) block.turn();
    this.askForAll();
  }

  private askForAll(): void {
    for (const block of this.blocks.values()) this.due.add(block);
    this.ask();
  }

  /** Soon: with whatever else the same event brings about, and not too often. */
  private askSoon(block: SlotBlock): void {
    this.due.add(block);
    if (this.scheduled || this.asking || !this.started || this.closed) return;
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
    if (!(answer instanceof Promise)) return void this.accept(blocks, answer, validUntil);
    return answer.then(
      (grants) => this.accept(blocks, grants, validUntil),
      (error: unknown) => this.fail(blocks, error),
    );
  }

  private accept(blocks: readonly SlotBlock[], grants: readonly SlotGrant[], validUntil: number): void {
    if (this.options.clock.monotonic() >= validUntil) return this.fail(blocks, new Error('an answer came too late'));
    if (this.lost) this.options.health.restored();
    this.away = this.lost = false;
    this.remember(grants);
    const recalls: string[] = [];
    const freed: string[] = [];
    for (const [i, block] of blocks.entries()) {
      const grant = grants[i];
      if (!grant || this.blocks.get(block.pool) !== block) continue; // given back meanwhile
      const news = block.accept(grant, validUntil);
      if (news.recall) recalls.push(block.pool);
      if (news.freed) freed.push(block.pool);
    }
    this.tell('recall', recalls);
    this.tell('freed', freed);
  }

  /** Processes are counted by the pool that most of them use: one of a tenant is used by few. */
  private remember(grants: readonly SlotGrant[]): void {
    let most: LastKnown = grants.length < this.blocks.size ? this.known : { processes: 1, rank: 0 };
    for (const grant of grants) if (grant.processes >= most.processes) most = grant;
    this.known = { processes: most.processes, rank: most.rank };
  }

  private fail(blocks: readonly SlotBlock[], error: unknown): void {
    this.away = true;
    const now = this.options.clock.monotonic();
    for (const block of blocks) {
      if (now < block.validUntil) continue;
      if (!this.lost) this.options.health.lost(error);
      this.lost = true;
      block.fallBack(this.known);
    }
  }

  /** One timer for all leases: they get longer only, so that it is never late. */
  private watchLeases(): void {
    this.cancelExpiry();
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
