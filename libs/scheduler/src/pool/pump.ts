import type { QueueClass } from '@relay/contracts';
import type { Clock } from '@relay/core';
import { TagSpacing } from '../domain/tag-spacing';
import type { TakenTicket, TicketLine } from '../ports/ticket-line.port';

const SHORT_FIRST: readonly QueueClass[] = ['short', 'long'];
const LONG_FIRST: readonly QueueClass[] = ['long', 'short'];

/** Tickets that are fetched at a time at most: 160 a second where each takes 100 ms. */
const MAX_FETCHES = 16;
/** A line that gives a ticket sooner than this hands out hundreds a second one at a time, and those in their exact order, ms. */
const QUICK_MS = 3;

interface PumpOptions {
  readonly line: TicketLine;
  readonly clock: Clock;
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

/** Hands out free slots to whoever is next in line, for as long as there are both: one at a time, more at a time while the line is slow. */
export class Pump {
  /** Other processes have tickets in line, as far as is known. */
  othersWait = false;
  private wakes = 0;
  private width = 1; // tickets that may be fetched at a time
  private readonly fetching: Record<QueueClass, number> = { short: 0, long: 0 }; // a slot is set aside for each
  private readonly spacing: Record<QueueClass, TagSpacing> = { short: new TagSpacing(), long: new TagSpacing() };

  constructor(private readonly options: PumpOptions) {}

  /** Slots that are set aside. */
  get fetches(): number {
    return this.fetching.short + this.fetching.long;
  }

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
    return free + this.fetches > longRoom();
  }

  /** To be called whenever a slot may be free or somebody may wait. Cheap when nobody does. */
  wake(): void {
    this.wakes++;
    this.fill();
  }

  private fill(): void {
    while (this.fetches < this.width && this.options.hasRoom() && this.isDue) {
      const [first, second] = this.order().filter((queueClass) => this.mayFetch(queueClass));
      if (first === undefined) {
        if (this.fetches === 0) this.othersWait = false;
        return;
      }
      this.fetch(first, second).catch(this.options.onFault);
    }
  }

  private async fetch(first: QueueClass, second: QueueClass | undefined): Promise<void> {
    const seen = this.wakes;
    const found =
      (await this.callNext(first)) || (second !== undefined && this.mayGoOn(second) && (await this.callNext(second)));
    if (!found) {
      this.width = 1;
      if (seen === this.wakes) {
        if (this.fetches === 0) this.othersWait = false; // else one of those that are under way may find that there are more
        return;
      } // else somebody joined meanwhile
    }
    this.fill();
  }

  /** `false` if nobody of the class is in line. */
  private async callNext(queueClass: QueueClass): Promise<boolean> {
    const { line, clock, setAside, call } = this.options;
    const askedAt = clock.monotonic();
    setAside(1);
    this.fetching[queueClass]++;
    const taken = await line.take(queueClass).catch((error: unknown) => this.takeFailed(error));
    this.fetching[queueClass]--;
    if (!taken) {
      setAside(-1);
      return false;
    }
    const isQuick = clock.monotonic() - askedAt < QUICK_MS;
    this.width = Math.min(MAX_FETCHES, Math.max(1, this.width + (isQuick ? -1 : 1)));
    this.spacing[queueClass].see(taken.data.tag);
    call(taken);
    return true;
  }

  /** The class with the lower start tag first: turns by count would give long work several times its share. */
  private order(): readonly QueueClass[] {
    return this.nextTag('long') < this.nextTag('short') ? LONG_FIRST : SHORT_FIRST;
  }

  /** The start tag that the next ticket of the class will have, after those that are being fetched. */
  private nextTag(queueClass: QueueClass): number {
    return this.options.lowest(queueClass) + this.spacing[queueClass].after(this.fetching[queueClass]);
  }

  private mayGoOn(queueClass: QueueClass): boolean {
    return this.options.hasRoom() && this.mayFetch(queueClass);
  }

  /** Beyond those that are being fetched. */
  private mayFetch(queueClass: QueueClass): boolean {
    const under = this.fetching[queueClass];
    return (this.othersWait || this.options.standing(queueClass) > under) && this.mayCall(queueClass);
  }

  private mayBeDue(queueClass: QueueClass): boolean {
    return this.options.standing(queueClass) > 0 && this.mayCall(queueClass);
  }

  private mayCall(queueClass: QueueClass): boolean {
    return queueClass === 'short' || this.options.longRoom() > this.fetching.long;
  }

  private takeFailed(error: unknown): null {
    this.options.onFault(error);
    return null;
  }
}
