import { Inject, Injectable, Logger } from '@nestjs/common';
import { CLOCK, within, type Clock } from '@relay/core';
import { type AnsweredResponse, ResponseStore } from './persistence/response.store';

/** The last byte of an answer waits for its storing no longer than this. */
const KEEP_TIMEOUT_MS = 2_000;
/** Under way to the database; more are not begun: each holds a whole conversation's turn. */
const MAX_PENDING = 256;

/** What became of answers that were to be kept, since the start of the process. */
export interface KeeperCounts {
  readonly kept: number;
  /** The database did not take it. */
  readonly failed: number;
  /** The answer left before it was known whether the database takes it. */
  readonly late: number;
  /** Too many were under way. */
  readonly skipped: number;
}

/** Stores answers while their last bytes wait. An answer that cannot be stored leaves all the same, and is not found later. */
@Injectable()
export class ResponseKeeper {
  private readonly logger = new Logger(ResponseKeeper.name);
  private readonly counts = { kept: 0, failed: 0, late: 0, skipped: 0 };
  private pending = 0;
  private isFailing = false;

  constructor(
    private readonly store: ResponseStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  stats(): KeeperCounts {
    return this.counts;
  }

  /** Resolves when it is stored, or when nobody should wait any longer. Never rejects. */
  async keep(answered: AnsweredResponse): Promise<void> {
    if (this.pending >= MAX_PENDING) {
      this.counts.skipped++;
      return;
    }
    if (!(await within(this.clock, KEEP_TIMEOUT_MS, this.insert(answered)))) this.counts.late++;
  }

  private async insert(answered: AnsweredResponse): Promise<void> {
    this.pending++;
    try {
      await this.store.insert(answered);
      this.counts.kept++;
      this.isFailing = false;
    } catch (error) {
      this.counts.failed++;
      if (!this.isFailing) this.logger.warn(`Responses cannot be stored at the moment: ${String(error)}`);
      this.isFailing = true;
    } finally {
      this.pending--;
    }
  }
}
