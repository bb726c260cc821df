import type { QueueClass, ServiceLevel } from '@relay/contracts';
import { LiveSet } from '@relay/core';
import { dueAt, LEVELS } from './levels';
import type { RoomRefusal } from './line-refusal';

export interface Waiting {
  readonly tenantId: string;
  readonly class: QueueClass;
  readonly level: ServiceLevel;
  readonly weight: number;
  readonly cost: number; // tokens
  readonly bytes: number; // that it keeps in memory while it waits
  readonly since: number; // monotonic ms
  number: number; // in its line, kept by the room; 0: in none
}

type Line<W> = Record<ServiceLevel, LiveSet<W>>; // sets keep the order and forget from the middle at no cost

interface TenantLines<W> {
  readonly short: Line<W>;
  readonly long: Line<W>;
  size: number;
  bytes: number;
  readonly work: Record<ServiceLevel, number>; // tokens
  weight: number; // as of the latest arrival
}

export interface RoomCaps {
  readonly perTenant: number; // requests
  readonly total: number; // requests
  readonly perTenantBytes: number;
  readonly totalBytes: number;
}

/** Of a line whose head may not go, so many are looked at: behind them, too, waits what somebody else may take. */
const MAX_PASSED = 256;

/**
 * The requests that wait for one pool in this process: per tenant, class and level, in the order of `since`.
 *
 *   tenant A   short: interactive r4, standard r1 r7    long: batch r2
 *   tenant B   short: standard r3                       long: standard r5 r6
 */
export class WaitingRoom<W extends Waiting> {
  private readonly tenants = new Map<string, TenantLines<W>>();
  private readonly count: Record<QueueClass, number> = { short: 0, long: 0 };
  private readonly levels: Record<ServiceLevel, number> = { interactive: 0, standard: 0, batch: 0 };
  private weights = 0;
  private work = 0; // tokens
  private bytes = 0;
  private latest = -Infinity; // when the last one came

  get size(): number {
    return this.count.short + this.count.long;
  }

  sizeOf(tenantId: string): number {
    return this.tenants.get(tenantId)?.size ?? 0;
  }

  lengthOf(tenantId: string, queueClass: QueueClass): number {
    const line = this.tenants.get(tenantId)?.[queueClass];
    return line ? line.interactive.size + line.standard.size + line.batch.size : 0;
  }

  countOf(queueClass: QueueClass): number {
    return this.count[queueClass];
  }

  countOfLevel(level: ServiceLevel): number {
    return this.levels[level];
  }

  tenantIds(): IterableIterator<string> {
    return this.tenants.keys();
  }

  /** Of a request that keeps so many bytes. One may wait alone, however large it is. */
  refusal(tenantId: string, bytes: number, caps: RoomCaps): RoomRefusal | null {
    const own = this.tenants.get(tenantId);
    if (own && (own.size >= caps.perTenant || own.bytes + bytes > caps.perTenantBytes)) return 'tenant-full';
    const isFull = this.size >= caps.total || (this.size > 0 && this.bytes + bytes > caps.totalBytes);
    return isFull ? 'room-full' : null;
  }

  add(waiting: W): void {
    const lines = this.tenants.get(waiting.tenantId) ?? this.open(waiting.tenantId);
    this.weights += waiting.weight - lines.weight;
    lines.weight = waiting.weight;
    this.stand(waiting, lines[waiting.class][waiting.level]);
    this.tally(lines, waiting, 1);
  }

  remove(waiting: W): boolean {
    const lines = this.tenants.get(waiting.tenantId);
    if (!lines?.[waiting.class][waiting.level].delete(waiting.number)) return false;
    waiting.number = 0; // lines of a tenant that comes again count from 1
    this.tally(lines, waiting, -1);
    if (lines.size === 0) {
      this.weights -= lines.weight;
      this.tenants.delete(waiting.tenantId);
    }
    if (this.size === 0) this.weights = this.work = 0; // sums of fractions drift
    return true;
  }

  takeHead(tenantId: string, queueClass: QueueClass): W | undefined {
    const head = this.at(tenantId, queueClass, 0);
    if (head) this.remove(head);
    return head;
  }

  /** The request at a place in line, 0 being the head; places are few (see the tickets a tenant may have). */
  at(tenantId: string, queueClass: QueueClass, place: number): W | undefined {
    let passed = 0;
    for (const waiting of this.inOrder(tenantId, queueClass)) if (passed++ === place) return waiting;
    return undefined;
  }

  /** The first that may go, of those near the head. */
  first(tenantId: string, queueClass: QueueClass, mayGo: (waiting: W) => boolean): W | undefined {
    let passed = 0;
    for (const waiting of this.inOrder(tenantId, queueClass)) {
      if (mayGo(waiting)) return waiting;
      if (++passed === MAX_PASSED) return undefined;
    }
    return undefined;
  }

  /** The first of a level that may go, of those near the head. */
  firstOfLevel(
    tenantId: string,
    queueClass: QueueClass,
    level: ServiceLevel,
    mayGo: (waiting: W) => boolean,
  ): W | undefined {
    const lines = this.tenants.get(tenantId);
    return lines && firstSuch(lines[queueClass][level], mayGo);
  }

  /** All that wait and are such, in no order. */
  filter(isSuch: (waiting: W) => boolean): W[] {
    const found: W[] = [];
    for (const lines of this.tenants.values())
      for (const line of [lines.short, lines.long])
        for (const level of LEVELS) for (const waiting of line[level]) if (isSuch(waiting)) found.push(waiting);
    return found;
  }

  private *inOrder(tenantId: string, queueClass: QueueClass): Generator<W, void> {
    const line = this.tenants.get(tenantId)?.[queueClass];
    if (!line) return;
    const rows = LEVELS.map((level) => line[level][Symbol.iterator]());
    const heads: IteratorResult<W, void>[] = rows.map((row) => row.next());
    for (;;) {
      const first = firstOf(heads.map((head) => (head.done ? undefined : head.value)));
      const [row, head] = [rows[first], heads[first]];
      if (!row || !head || head.done) return;
      yield head.value;
      heads[first] = row.next();
    }
  }

  /**
   * Tokens that will be served before a request that joins now, when tenants are served by weight: what of its tenant goes before it
   * (`own`), stretched by that tenant's share, but never more than everything that waits.
   */
  workAhead(tenantId: string, weight: number, cost: number, own: number): number {
    const others = this.weights - (this.tenants.get(tenantId)?.weight ?? 0);
    return Math.min(this.work, (own + cost) * (1 + others / weight) - cost);
  }

  /** Tokens of a tenant's requests that wait here, of some levels. */
  workOf(tenantId: string, counts: (level: ServiceLevel) => boolean): number {
    const work = this.tenants.get(tenantId)?.work;
    return work ? LEVELS.reduce((sum, level) => (counts(level) ? sum + work[level] : sum), 0) : 0;
  }

  /** Who comes back to its place stands before those that came after it. */
  private stand(waiting: W, line: LiveSet<W>): void {
    waiting.number = line.add(waiting);
    if (waiting.since >= this.latest) {
      this.latest = waiting.since;
      return;
    }
    for (const other of [...line]) {
      if (other.since <= waiting.since) continue;
      line.delete(other.number);
      other.number = line.add(other);
    }
  }

  private open(tenantId: string): TenantLines<W> {
    const lines: TenantLines<W> = {
      short: newLine(),
      long: newLine(),
      size: 0,
      bytes: 0,
      work: { interactive: 0, standard: 0, batch: 0 },
      weight: 0,
    };
    this.tenants.set(tenantId, lines);
    return lines;
  }

  private tally(lines: TenantLines<W>, { class: queueClass, level, cost, bytes }: W, sign: 1 | -1): void {
    this.count[queueClass] += sign;
    this.levels[level] += sign;
    lines.size += sign;
    lines.bytes += sign * bytes;
    this.bytes += sign * bytes;
    lines.work[level] += sign * cost;
    this.work += sign * cost;
  }
}

function firstSuch<W>(line: LiveSet<W>, isSuch: (waiting: W) => boolean): W | undefined {
  let passed = 0;
  for (const waiting of line) {
    if (isSuch(waiting)) return waiting;
    if (++passed === MAX_PASSED) return undefined;
  }
  return undefined;
}

/** Index of the one that is next; -1 if there is none. */
function firstOf(heads: readonly (Waiting | undefined)[]): number {
  let first = -1;
  let earliest = Infinity;
  heads.forEach((head, index) => {
    const due = head ? dueAt(head) : Infinity;
    if (due < earliest) [first, earliest] = [index, due];
  });
  return first;
}

const newLine = <W>(): Line<W> => ({
  interactive: new LiveSet(),
  standard: new LiveSet(),
  batch: new LiveSet(),
});
