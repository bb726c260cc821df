import type { QueueClass } from '@relay/contracts';
import type { TakenTicket, TicketLine } from '../ports/ticket-line.port';

const SHORT_FIRST: readonly QueueClass[] = ['short', 'long'];
const LONG_FIRST: readonly QueueClass[] = ['long', 'short'];

interface PumpOptions {
  readonly line: TicketLine;
  readonly hasRoom: () => boolean;
  /** Tickets of this process in line. */
  readonly standing: (queueClass: QueueClass) => number;
  /** How many more slots long requests may take now; while there is none, their tickets keep their places. */
  readonly longRoom: () => number;
  /** The lowest start tag in line, as far as is known; Infinity: none. */
  readonly lowest: (queueClass: QueueClass) => number;
  /** A slot is set aside while a ticket is fetched, and given back if there was none. */
  readonly setAside: (slots: 1 | -1) => void;
  /** A ticket is called, with the slot that was set aside for it. */
  readonly call: (taken: TakenTicket) => void;
  readonly onFault: (error: unknown) => void;
}

/** Hands out free slots to whoever is next in line, one at a time, for as long as there are both. */
export class Pump {
  /** Other processes have tickets in line, as far as is known. */
  othersWait = false;
  private wakes = 0;
  private fetching = false; // a slot is set aside
  private running = false;

  constructor(private readonly options: PumpOptions) {}

  /** Somebody waits with a ticket. */
  get isContended(): boolean {
    const { standing } = this.options;
    return this.othersWait || standing('short') > 0 || standing('long') > 0;
  }

  /** Somebody waits with a ticket that may be called. */
  get isDue(): boolean {
    return this.othersWait || this.mayBeDue('short') || this.mayBeDue('long');
  }

  /**
   * Whether a request of the class may take one of `free` slots without a look at the line. Short ones may where the line can only be
   * long ones, and cannot take all of them: what is kept free of those is for this.
   */
  passes(queueClass: QueueClass, free: number): boolean {
    if (free <= 0) return false;
    if (!this.isDue) return true;
    const { standing, longRoom } = this.options;
    if (queueClass === 'long' || this.othersWait || standing('short') > 0) return false;
    return free + (this.fetching ? 1 : 0) > longRoom();
  }

  /** To be called whenever a slot may be free or somebody may wait. Cheap when nobody does. */
  wake(): void {
    this.wakes++;
    if (this.running || !this.options.hasRoom() || !this.isDue) return;
    this.run().catch(this.options.onFault);
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      while (this.options.hasRoom()) {
        const seen = this.wakes;
        if (await this.callNext()) continue;
        if (seen !== this.wakes) continue; // somebody joined meanwhile
        this.othersWait = false;
        return;
      }
    } finally {
      this.running = false; // in the same turn as the last look, so that no wake falls between
    }
  }

  /** `false` if nobody is in line. */
  private async callNext(): Promise<boolean> {
    const { line, standing, setAside, call } = this.options;
    for (const queueClass of this.order()) {
      if (!this.mayCall(queueClass) || (!this.othersWait && standing(queueClass) === 0)) continue;
      setAside(1);
      this.fetching = true;
      const taken = await line.take(queueClass).catch((error: unknown) => this.takeFailed(error));
      this.fetching = false;
      if (taken) {
        call(taken);
        return true;
      }
      setAside(-1);
    }
    return false;
  }

  /** The class with the lower start tag first: turns by count would give long work several times its share. */
  private order(): readonly QueueClass[] {
    const { lowest } = this.options;
    return lowest('long') < lowest('short') ? LONG_FIRST : SHORT_FIRST;
  }

  private mayBeDue(queueClass: QueueClass): boolean {
    return this.options.standing(queueClass) > 0 && this.mayCall(queueClass);
  }

  private mayCall(queueClass: QueueClass): boolean {
    return queueClass === 'short' || this.options.longRoom() > 0;
  }

  private takeFailed(error: unknown): null {
    this.options.onFault(error);
    return null;
  }
}
