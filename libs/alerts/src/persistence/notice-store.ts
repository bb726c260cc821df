import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { type NoticeContent, retryMs } from '../domain/notice';

/** Whoever takes a notice has so long, ms, to say what came of it; after that another process may try. */
const LEASE_MS = 30_000;
/** Taken of one channel at a time. */
const MAX_TAKEN = 2;

export interface DueNotice {
  readonly id: string;
  readonly channel: string;
  readonly content: NoticeContent;
  readonly attempts: number; // this one included
}

/** The outbox. */
@Injectable()
export class NoticeStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Channels that have something to be told. */
  async dueChannels(): Promise<string[]> {
    const rows: { channel: string }[] = await this.dataSource.query(
      `SELECT DISTINCT channel FROM alert_notices WHERE state = 'waiting' AND due_at <= $1`,
      [new Date(this.clock.now())],
    );
    return rows.map(({ channel }) => channel);
  }

  /** What comes next of a channel. Of one alert only the oldest: nobody hears of an end before the beginning. */
  take(channel: string): Promise<DueNotice[]> {
    const now = this.clock.now();
    return this.dataSource.query(
      `WITH due AS (
         SELECT id FROM alert_notices notice
         WHERE channel = $3 AND state = 'waiting' AND due_at <= $1 AND NOT EXISTS (
           SELECT 1 FROM alert_notices earlier WHERE earlier.alert = notice.alert AND earlier.channel = notice.channel
             AND earlier.state = 'waiting' AND (earlier.at, earlier.event = 'resolved', earlier.id) < (notice.at, notice.event = 'resolved', notice.id))
         ORDER BY due_at, id LIMIT ${MAX_TAKEN}
       ), taken AS (
         UPDATE alert_notices SET attempts = attempts + 1, due_at = $2
         WHERE id IN (SELECT id FROM due) AND state = 'waiting' AND due_at <= $1
         RETURNING id, channel, content, attempts
       )
       SELECT * FROM taken`,
      [new Date(now), new Date(now + LEASE_MS), channel],
    );
  }

  async sent(id: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE alert_notices SET state = 'sent', sent_at = $2, error = NULL WHERE id = $1 AND state = 'waiting'`,
      [id, new Date(this.clock.now())],
    );
  }

  /** Tries again later, or gives up; `true` if it gave up. */
  async failed({ id, attempts }: DueNotice, error: string): Promise<boolean> {
    const inMs = retryMs(attempts);
    await this.dataSource.query(
      `UPDATE alert_notices SET state = $2, due_at = $3, error = $4 WHERE id = $1 AND state = 'waiting'`,
      [id, inMs === null ? 'given-up' : 'waiting', new Date(this.clock.now() + (inMs ?? 0)), error],
    );
    return inMs === null;
  }
}
