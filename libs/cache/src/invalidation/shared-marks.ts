import { Logger } from '@nestjs/common';
import { within, type Clock } from '@relay/core';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { MAX_LABEL_CHARS, MAX_LABELS_NAMED } from '../domain/labels';
import { OLD_MARK_MS } from '../domain/condense-marks';
import type { Mark } from '../domain/mark';
import { CONDENSED_TO, MAX_MARKS, MarkSet } from '../domain/mark-set';
import { RESTORE_MARKS, TAKE_EPOCH } from './marks.lua';

/** How long a starting process waits for the marks; the tier that all share is left alone until they are there. */
const START_TIMEOUT_MS = 2_000;
/** How often a process asks whether it missed a mark, as a message can be lost on a connection that seems to live. */
const CHECK_EVERY_MS = 5_000;

const labelsSchema = z.array(z.string().max(MAX_LABEL_CHARS)).max(MAX_LABELS_NAMED);
const epochSchema = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

/** What this process knows. */
export interface KnownMarks {
  add(mark: Mark): void;
  all(): Iterable<Mark>;
}

/** The marks in Redis, followed: read at the start and after each break of the connection, told by pub/sub in between. What Redis has lost is told to it. */
export class SharedMarks {
  private readonly logger = new Logger(SharedMarks.name);
  private readonly key: string;
  private readonly channel: string;
  private reading = false;
  private readAgain = false;
  private breaks = 0;
  private closed = false;
  private known = 0;
  private upToDate = false;
  private isToCompare = false;
  private faultLogged = false;
  private cancelCheck = (): void => undefined;

  /** `subscriber` is a connection of its own, closed by `close`. */
  constructor(
    private readonly redis: Redis,
    private readonly subscriber: Redis,
    private readonly clock: Clock,
    private readonly marks: KnownMarks,
    namespace = 'relay',
  ) {
    this.key = `${namespace}:cache:marks`;
    this.channel = `${this.key}:${redis.options.db ?? 0}`; // channels do not know of databases
  }

  /** Whether every mark that was made is known here, give or take the time that a message is on its way. */
  get current(): boolean {
    return this.upToDate;
  }

  /** Waits for the first reading, but not for a Redis that is away. */
  async start(): Promise<void> {
    this.subscriber.on('message', this.receive).on('close', this.broken);
    this.redis.on('ready', this.follow);
    this.scheduleCheck();
    if (this.redis.status === 'ready') await within(this.clock, START_TIMEOUT_MS, this.read());
    if (!this.closed) this.subscriber.on('ready', this.follow);
  }

  /** A new mark, and every process told; rejects when Redis did not answer. */
  async take(labels: readonly string[], known: number): Promise<number> {
    const text = JSON.stringify(labels);
    const bounds = [MAX_MARKS, Math.floor(MAX_MARKS * CONDENSED_TO), OLD_MARK_MS];
    return epochSchema.parse(await this.redis.eval(TAKE_EPOCH, 1, this.key, text, known, this.channel, ...bounds));
  }

  /** The next check tells Redis what it does not know of the marks, though it has not fallen behind. */
  compare(): void {
    this.isToCompare = true;
  }

  close(): void {
    this.closed = true;
    this.upToDate = false;
    this.cancelCheck();
    this.redis.off('ready', this.follow);
    this.subscriber.off('message', this.receive).off('close', this.broken).off('ready', this.follow);
    this.subscriber.disconnect();
  }

  private readonly follow = (): void => void this.read();

  private readonly broken = (): void => {
    this.breaks++;
    this.upToDate = false;
  };

  private readonly receive = (_channel: string, text: string): void => {
    const space = text.indexOf(' ');
    this.note(text.slice(space + 1), text.slice(0, space));
  };

  /** Never rejects; what fails is tried again with the next check. */
  private async read(): Promise<void> {
    this.readAgain = this.reading;
    if (this.reading) return;
    this.reading = true;
    try {
      this.isToCompare = false;
      this.upToDate = await this.readOnce();
      this.faultLogged = false;
    } catch (error) {
      this.upToDate = false;
      this.fault(error);
    }
    this.reading = false;
    if (this.readAgain && !this.closed) await this.read();
  }

  /** Subscribes, then reads what was marked before; false if the subscription broke meanwhile. */
  private async readOnce(): Promise<boolean> {
    await this.subscriber.subscribe(this.channel);
    const { breaks } = this;
    const { epoch: newest, ...marks } = await this.redis.hgetall(this.key);
    const read = new MarkSet(Infinity);
    for (const [labels, epoch] of Object.entries(marks)) {
      const mark = this.note(labels, epoch);
      if (mark) read.add(mark);
    }
    const there = Number(newest ?? 0) || 0;
    this.known = Math.max(this.known, there);
    await this.restore(there, read);
    return breaks === this.breaks && !this.closed;
  }

  /** A Redis that was replaced, emptied or set back knows less than its processes. What was marked here while it was away was not called done. */
  private async restore(newest: number, read: MarkSet): Promise<void> {
    const lost = [...this.marks.all()].filter((mark) => Number.isInteger(mark.epoch) && !read.covers(mark));
    if (lost.length === 0 && this.known <= newest) return;
    const known = lost.reduce((max, { epoch }) => Math.max(max, epoch), this.known);
    const told = lost.flatMap(({ labels, epoch }) => [JSON.stringify(labels), epoch]);
    await this.redis.eval(RESTORE_MARKS, 1, this.key, this.channel, known, ...told);
    this.known = known;
  }

  /** Marks that make no sense are left out: they are not of this relay. */
  private note(labelsText: string, epochText: string | undefined): Mark | undefined {
    const epoch = epochSchema.safeParse(epochText);
    const labels = labelsSchema.safeParse(parseJson(labelsText));
    if (!epoch.success || !labels.success) return undefined;
    this.known = Math.max(this.known, epoch.data);
    const mark = { labels: labels.data, epoch: epoch.data };
    this.marks.add(mark);
    return mark;
  }

  private scheduleCheck(): void {
    this.cancelCheck = this.clock.after(CHECK_EVERY_MS, () => {
      void this.check().finally(() => {
        if (!this.closed) this.scheduleCheck();
      });
    });
  }

  private async check(): Promise<void> {
    if (this.redis.status !== 'ready') return;
    const newest = await this.redis.hget(this.key, 'epoch').catch(() => null);
    if (!this.upToDate || this.isToCompare || (Number(newest ?? 0) || 0) !== this.known) await this.read();
  }

  private fault(error: unknown): void {
    if (this.faultLogged || this.closed) return;
    this.faultLogged = true;
    this.logger.warn(`Invalidations cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
