import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, type Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import { LABEL_RETENTION_MS, MAX_LABELS } from '../../domain/semantic/threshold';
import type { ErrorPoint } from '../../domain/semantic/error-curve';
import type { Label, ThresholdState } from '../../domain/semantic/semantic-model';
import { LabelClass } from './label-class';
import { LabelStore, type ClassName, type KeptLabel, type StoredLabel } from './label-store';
import { LabelWriter } from './label-writer';

/** Classes in memory, and labels of all of them together (about 200 bytes each); who was not asked about for longest goes first. */
const MAX_CLASSES = 10_000;
const MAX_LABELS_IN_MEMORY = 500_000;
/** Classes that wait to be read; who is left out is read when it is asked about again. */
const MAX_UNREAD = 1_000;
/** Classes that are first asked about together are read together, in ms. */
const READ_AFTER_MS = 20;
/** How often other processes' labels are looked for, in ms. */
const POLL_MS = 15_000;
/** Rows become visible a little after the time they carry, in ms. */
const OVERLAP_MS = 2_000;
/** Labels of other processes that one look reads; the rest is read by the next one. */
const MAX_POLLED = 20_000;
/** Classes of one list. */
const MAX_LISTED = 200;

const NOTHING_KNOWN: ThresholdState = {
  threshold: null,
  bound: null,
  reach: null,
  labels: 0,
  measured: null,
  drifted: false,
};

/** A class with what its labels allow. `evidenceParts` tells what `evidence` was made of. */
export interface EvidenceClass extends ClassName {
  readonly maxErrorPerHit: number;
  readonly state: ThresholdState;
}

export interface LabelStats {
  readonly classes: number; // in memory
  readonly labels: number; // in memory
  readonly pending: number; // not stored yet
  readonly lost: number; // never stored: the database was away for too long
  readonly driftAlarms: number; // since the start
}

/** What was seen of neighbours that were or could have been served, in memory, and how near they have to be. */
@Injectable()
export class LabelBook implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LabelBook.name);
  private readonly classesByName = new LRUCache<string, LabelClass>({
    max: MAX_CLASSES,
    maxSize: MAX_LABELS_IN_MEMORY,
    maxEntrySize: MAX_LABELS_IN_MEMORY,
    sizeCalculation: ({ size }) => size + 1,
  });
  private readonly unread = new Map<string, ClassName>();
  private readonly writerId = randomUUID();
  private readonly writer: LabelWriter;
  private reading: Promise<void> | null = null;
  private readUntil: Date | null = null; // by the database's clock; null: nothing was read yet
  private failing = false;
  private cancelPoll: (() => void) | null = null;
  private closed = false;
  private driftAlarms = 0;

  constructor(
    private readonly store: LabelStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.writer = new LabelWriter(store, clock, this.writerId);
  }

  /** Not waited for: a slow database must not hold up the start; until it answers only exact hits are served. */
  onApplicationBootstrap(): void {
    void this.poll();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    this.cancelPoll?.();
    await this.reading;
    await this.writer.close();
  }

  /** From memory, about a microsecond; worked out anew once a second at most, and at once after a bad hit. Of a class that was not read yet only what this process learned itself is known. */
  state(evidence: string, embedderId: string, maxErrorPerHit: number): ThresholdState {
    const name = { evidence, embedderId };
    const found = this.classesByName.get(keyOf(name));
    if (!found?.isRead) this.readSoon(name);
    if (!found) return NOTHING_KNOWN;
    const state = found.state(maxErrorPerHit, this.clock.now());
    this.watch(found, name, state);
    return state;
  }

  /** Counts at once in this process, within 15 s in others; stored in the background. Never throws, never waits. */
  add(evidence: string, embedderId: string, label: Label, entryId: string): void {
    const stored: StoredLabel = { ...label, id: randomUUID(), evidence, embedderId, entryId };
    if (!this.isRead(stored)) this.readSoon(stored);
    this.put(stored, [stored]);
    this.writer.add(stored);
  }

  /** For lists and figures, read from the database where it is not in memory: those with the latest labels. Rejects when the database is away. */
  async classes(owner: string | undefined, budgetOf: (evidence: string) => number): Promise<EvidenceClass[]> {
    const names = await this.store.classes(owner, MAX_LISTED);
    const listed: EvidenceClass[] = [];
    for (const name of names) {
      if (!this.isRead(name)) await this.read(name);
      const maxErrorPerHit = budgetOf(name.evidence);
      listed.push({ ...name, maxErrorPerHit, state: this.state(name.evidence, name.embedderId, maxErrorPerHit) });
    }
    return listed;
  }

  /** As `state`, read from the database where it is not in memory. Rejects when the database is away. */
  async stateOf(name: ClassName, maxErrorPerHit: number): Promise<ThresholdState> {
    if (!this.isRead(name)) await this.read(name);
    return this.state(name.evidence, name.embedderId, maxErrorPerHit);
  }

  /** The error of each threshold, of a class that `classes` has just given. */
  errors(name: ClassName, maxErrorPerHit: number): ErrorPoint[] {
    return this.classesByName.get(keyOf(name))?.errors(maxErrorPerHit, this.clock.now()) ?? [];
  }

  stats(): LabelStats {
    const { size: classes, calculatedSize } = this.classesByName;
    const { pending, lost } = this.writer;
    return { classes, labels: calculatedSize - classes, pending, lost, driftAlarms: this.driftAlarms };
  }

  /** Removes labels that count for nothing any more: old ones, and what newer ones of their class have replaced. Gives their number. For the maintenance job. */
  async maintain(): Promise<number> {
    const old = await this.store.removeBefore(this.clock.now() - LABEL_RETENTION_MS);
    return old + (await this.store.removeSurplus(MAX_LABELS));
  }

  /** Takes over what other processes stored. Never rejects. */
  async poll(): Promise<void> {
    await this.quietly(async () => {
      const { readAt, labels } = await this.store.storedSince(this.readUntil, this.writerId, MAX_POLLED);
      for (const label of labels) if (this.classesByName.has(keyOf(label))) this.put(label, [label]);
      this.readUntil = new Date(readAt.getTime() - OVERLAP_MS);
    });
    await this.readUnread();
    if (!this.closed) this.cancelPoll = this.clock.after(POLL_MS, () => void this.poll());
  }

  private readSoon(name: ClassName): void {
    if (this.unread.size >= MAX_UNREAD || this.closed) return;
    if (this.unread.size === 0) this.clock.after(READ_AFTER_MS, () => void this.readUnread());
    this.unread.set(keyOf(name), name);
  }

  /** One at a time; who cannot be read waits for the next poll. */
  private async readUnread(): Promise<void> {
    this.reading ??= this.quietly(async () => {
      for (const [key, name] of this.unread) {
        await this.read(name);
        this.unread.delete(key);
      }
    }).finally(() => (this.reading = null));
    await this.reading;
  }

  private async read(name: ClassName): Promise<void> {
    this.put(name, await this.store.labelsOf(name, MAX_LABELS)).isRead = true;
  }

  private isRead(name: ClassName): boolean {
    return this.classesByName.get(keyOf(name))?.isRead === true;
  }

  /** Set anew each time: the memory counts labels. */
  private put(name: ClassName, labels: readonly KeptLabel[]): LabelClass {
    const key = keyOf(name);
    const found = this.classesByName.get(key) ?? new LabelClass();
    found.add(labels);
    this.classesByName.set(key, found);
    return found;
  }

  private watch(found: LabelClass, { evidence }: ClassName, { drifted }: ThresholdState): void {
    if (drifted && !found.alarmed) {
      this.driftAlarms++;
      this.logger.warn(
        `The semantic cache serves exact hits only for ${evidence}: more of its hits are wrong than before`,
      );
    }
    found.alarmed = drifted;
  }

  private async quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.failing = false;
    } catch (error) {
      if (!this.failing && !this.closed)
        this.logger.warn(`Labels of the semantic cache cannot be read for now: ${String(error)}`);
      this.failing = true;
    }
  }
}

const keyOf = ({ evidence, embedderId }: ClassName): string => JSON.stringify([evidence, embedderId]);
