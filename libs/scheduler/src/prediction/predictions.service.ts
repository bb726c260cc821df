import { randomUUID } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CLOCK, type Clock, within } from '@relay/core';
import { Calibration } from '../domain/prediction/calibration';
import type { Prediction, ServiceQuestion, ServiceSample } from '../domain/prediction/prediction';
import { OthersGathering, SketchBook } from '../domain/prediction/sketch-book';
import { cellOf, LatencySketchStore } from './latency-sketch.store';

/** How often what is known is stored, and what others know is read. */
const EXCHANGE_MS = 60_000;
/** Every this-many-th exchange removes what is old: once an hour. */
const REMOVE_EVERY = 60;
/** Kinds of calls that one exchange stores, about 300 kB; what is left waits for the next. */
const MOST_SAVED = 200;
/** Rows that are taken over before requests get their turn: some ms. */
const ROWS_AT_A_TIME = 50;
/** No answer is longer, in tokens, and no call, in ms (a day): what is beyond is nonsense, and teaches nothing. */
const MAX_ANSWER_TOKENS = 1_000_000;
const MAX_SERVICE_MS = 86_400_000;
/** How long a shutdown waits for what was learned last to be stored. */
const SHUTDOWN_SAVE_MS = 2_000;

/**
 * What calls will be like, learned from those that ended: here, in other processes, and before the start (table `latency_sketches`).
 * Answers from memory; while the database is away only what others learn is missing.
 */
@Injectable()
export class Predictions implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly calibration = new Calibration();
  private readonly logger = new Logger(Predictions.name);
  private readonly processId = randomUUID();
  private readonly book = new SketchBook();
  private exchanges = 0;
  private failing = false;
  private closed = false;
  private cancelExchange: (() => void) | null = null;

  constructor(
    private readonly store: LatencySketchStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Not waited for: until others' knowledge is read, nothing is predicted. */
  onApplicationBootstrap(): void {
    void this.exchange();
  }

  /** The database closes after this. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closed = true;
    this.cancelExchange?.();
    await within(
      this.clock,
      SHUTDOWN_SAVE_MS,
      this.save().catch((error: unknown) => this.failed(error)),
    );
  }

  /** In ms and tokens; fields are null where nothing like it was seen yet. Synchronous, some µs. */
  predict(question: ServiceQuestion): Prediction {
    return this.book.predict(question, this.clock.monotonic());
  }

  /** A call was answered in full. `predicted` is what was said before it. */
  observe(question: ServiceQuestion, sample: ServiceSample, predicted = this.predict(question)): void {
    if (!isSound(sample)) return;
    this.calibration.compare(predicted, sample);
    this.book.observe(question, sample, this.clock.monotonic());
  }

  /** Stores what was learned here and takes over what others learned. Never rejects. */
  async exchange(): Promise<void> {
    try {
      await this.save();
      await this.readOthers();
      if (this.exchanges++ % REMOVE_EVERY === 0) await this.store.removeOld();
      this.failing = false;
    } catch (error) {
      this.failed(error);
    }
    if (!this.closed) this.cancelExchange = this.clock.after(EXCHANGE_MS, () => void this.exchange());
  }

  private async save(): Promise<void> {
    const cells = this.book.takeUnsaved(this.clock.monotonic(), MOST_SAVED);
    if (cells.length === 0) return;
    try {
      await this.store.save(this.processId, cells);
    } catch (error) {
      this.book.notStored(cells);
      throw error;
    }
  }

  private async readOthers(): Promise<void> {
    const rows = await this.store.readOthers(this.processId);
    const gathering = new OthersGathering(this.clock.monotonic());
    for (const [i, row] of rows.entries()) {
      if (i % ROWS_AT_A_TIME === ROWS_AT_A_TIME - 1) await new Promise((resolve) => setImmediate(resolve));
      const cell = cellOf(row);
      if (cell) gathering.add(cell);
    }
    this.book.setOthers(gathering.finish());
  }

  private failed(error: unknown): void {
    if (!this.failing && !this.closed)
      this.logger.warn(`Predictions are not shared with other processes for now: ${String(error)}`);
    this.failing = true;
  }
}

function isSound({ ttftMs, outputTokens, serviceMs }: ServiceSample): boolean {
  const isTime = (ms: number): boolean => ms >= 0 && ms <= MAX_SERVICE_MS;
  return (
    outputTokens >= 0 && outputTokens <= MAX_ANSWER_TOKENS && isTime(serviceMs) && (ttftMs === null || isTime(ttftMs))
  );
}
