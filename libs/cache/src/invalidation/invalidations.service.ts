import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CLOCK, RelayError, err, ok, type Clock, type Result } from '@relay/core';
import { REDIS, RedisConnections } from '@relay/database';
import type { Redis } from 'ioredis';
import type { CachedAnswer } from '../domain/cached-answer';
import { labelsNamed, type CacheSelector } from '../domain/labels';
import { MarkSet } from '../domain/mark-set';
import { SharedMarks } from './shared-marks';

/**
 * What this process marks while Redis is away lies between two epochs of Redis, which are whole numbers: all later marks of
 * others are newer. Exact for ms since the epoch in a double, and room for 2,047 marks in one outage.
 */
const LOCAL_STEP = 2 ** -11;

/**
 * Makes cached answers void at once in all processes, in constant time: an answer remembers the newest mark that was known
 * when its request began, and whatever is marked later and fits its labels makes it void, wherever a copy lies. Also the answer of
 * a process that learns of a mark late: it says itself that it did not know.
 *
 * A process cut off from Redis goes on with the marks that it has, and with its own memory only.
 */
@Injectable()
export class Invalidations implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Invalidations.name);
  private readonly marks = new MarkSet();
  private readonly shared: SharedMarks | null;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(REDIS) redis: Redis | null,
    connections: RedisConnections,
  ) {
    const subscriber = redis && connections.createSubscriber();
    this.shared = subscriber && new SharedMarks(redis, subscriber, clock, this.marks);
  }

  /** The newest mark that is known here: what an answer carries whose request begins now. */
  get epoch(): number {
    return this.marks.epoch;
  }

  /** The newest mark that may concern what a tenant asks that shares with nobody: those of other tenants are left out. */
  epochOf(tenantId: string): number {
    return this.marks.epochOf(tenantId);
  }

  /** Whether the marks of other processes are known; until then their answers cannot be told from void ones. */
  get current(): boolean {
    return this.shared === null || this.shared.current;
  }

  async onModuleInit(): Promise<void> {
    await this.shared?.start();
  }

  onApplicationShutdown(): void {
    this.shared?.close();
  }

  isVoid(answer: Pick<CachedAnswer, 'epoch' | 'labels'>): boolean {
    return this.marks.voids(answer);
  }

  /** What was made void at that epoch is so in this process, whether it has heard of it or not; a Redis that has lost it is told. */
  remember(selector: CacheSelector, epoch: number): void {
    const labels = labelsNamed(selector);
    if (labels === null) return;
    this.marks.add({ labels, epoch });
    this.shared?.compare();
  }

  /**
   * Everything stored until now that fits is void from here on: in this process when this returns, in others as soon as the
   * message is there. Gives the epoch: what began before it is void. `invalid_request` when nothing is named; `unavailable` when Redis is away, slow or full: then this process alone
   * forgets, others may go on to serve, and the caller has to ask again.
   */
  async invalidate(selector: CacheSelector): Promise<Result<number, RelayError>> {
    const labels = labelsNamed(selector);
    if (labels === null) {
      return err(
        new RelayError('invalid_request', 'Name what to invalidate: either all alone, or at least one other.'),
      );
    }
    if (this.shared === null) {
      const epoch = Math.ceil(Math.max(this.epoch, this.clock.now())) + 1;
      this.marks.add({ labels, epoch });
      return ok(epoch);
    }
    return this.invalidateEverywhere(this.shared, labels);
  }

  private async invalidateEverywhere(
    shared: SharedMarks,
    labels: readonly string[],
  ): Promise<Result<number, RelayError>> {
    try {
      const epoch = await shared.take(labels, this.epoch);
      this.marks.add({ labels, epoch });
      return ok(epoch);
    } catch (error) {
      this.marks.add({ labels, epoch: localEpoch(this.epoch) });
      this.logger.warn(`Invalidated in this process only: ${error instanceof Error ? error.message : String(error)}`);
      const message =
        'Redis did not take the invalidation: this process has forgotten the answers, others may still serve them. Ask again.';
      return err(new RelayError('unavailable', message, { cause: error }));
    }
  }
}

/** The next step above `epoch` and below the next whole number. */
function localEpoch(epoch: number): number {
  return Math.min(epoch + LOCAL_STEP, Math.floor(epoch) + 1 - LOCAL_STEP);
}
