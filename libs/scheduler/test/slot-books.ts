import { FakeClock } from '@relay/testing';
import { InProcessBus, InProcessHub } from '../src/adapters/in-process-bus';
import { LedgerMemory, MemorySlotLedger } from '../src/adapters/memory-slot-ledger';
import type { SlotClaim, SlotGrant, SlotLedger } from '../src/ports/slot-ledger.port';
import type { SlotBlock } from '../src/slots/slot-block';
import { SlotBook } from '../src/slots/slot-book';

/** A ledger behind a wire: answers come later, or not at all. */
class WireLedger implements SlotLedger {
  readonly leaseMs: number;
  asked = 0;
  cut = false;
  losing = false; // settles and does not answer
  slowMs = 0;
  readonly mute = new Set<string>(); // pools of which it says nothing
  readonly renewed = new Map<string, number>(); // how often, by pool
  private tellBack: () => void = () => undefined;

  constructor(
    private readonly ledger: MemorySlotLedger,
    private readonly clock: FakeClock,
  ) {
    this.leaseMs = ledger.leaseMs;
  }

  async balance(claims: readonly SlotClaim[]): Promise<readonly (SlotGrant | null)[]> {
    this.asked++;
    if (this.cut) throw new Error('the wire is cut');
    const grants = this.ledger.balance(claims);
    await new Promise<void>((resolve) => (this.slowMs > 0 ? void this.clock.after(this.slowMs, resolve) : resolve()));
    if (this.losing) throw new Error('the answer is lost');
    for (const { pool } of claims) this.renewed.set(pool, (this.renewed.get(pool) ?? 0) + 1);
    return grants.map((grant) => (this.mute.has(grant.pool) ? null : grant));
  }

  onBack(listener: () => void): void {
    this.tellBack = listener;
  }

  mend(): void {
    this.cut = false;
    this.tellBack();
  }

  leave(pools?: readonly string[]): Promise<void> {
    return this.cut ? Promise.reject(new Error('the wire is cut')) : this.ledger.leave(pools);
  }
}

interface BookProcess {
  readonly book: SlotBook;
  readonly block: SlotBlock;
  readonly ledger: WireLedger;
  readonly said: string[];
  /** So many slots are in use, and so many needed; tells the block. */
  use(inUse: number, needed?: number): void;
}

/** Processes with one block each of the same pool, and one ledger, on one clock. */
export class SlotBooks {
  readonly clock = new FakeClock();
  private readonly memory = new LedgerMemory();
  private readonly hub = new InProcessHub();
  private started = 0;

  /** The ledger loses its memory. */
  forget(): void {
    this.memory.pools.clear();
  }

  async start(limit: number): Promise<BookProcess> {
    const { clock, memory, hub } = this;
    const id = `process-${this.started++}`;
    const ledger = new WireLedger(new MemorySlotLedger(id, clock, memory), clock);
    const bus = new InProcessBus(id, hub, true);
    const said: string[] = [];
    const health = { lost: () => said.push('lost'), restored: () => said.push('restored') };
    const book = new SlotBook({
      ledger,
      bus,
      clock,
      health,
      onFault: () => said.push('fault'),
      onBeat: () => undefined,
    });
    await bus.start(({ message }) => {
      if (message.type === 'recall' || message.type === 'freed') book.receive(message);
    });
    const gauge = { inUse: 0, needed: 0 };
    const block = book.block('p', limit, gauge, () => undefined);
    book.start();
    await turn();
    const use = (inUse: number, needed = inUse): void => {
      Object.assign(gauge, { inUse, needed });
      block.review();
    };
    return { book, block, ledger, said, use };
  }
}

/** Everything that can happen without time passing has happened. */
export const turn = async (): Promise<void> => {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
};
