import type { AlertChannelInput, AlertChannelKind } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { ChannelSeal } from './channel-seal';

export const MAX_STORED_CHANNELS = 50;

/** A channel, without what it is called by. */
export interface StoredChannel {
  readonly id: string;
  readonly kind: AlertChannelKind;
  readonly origin: string;
  readonly signed: boolean;
}

/** Channels made over the API; their URLs and secrets are sealed. */
@Injectable()
export class ChannelStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly seal: ChannelSeal,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  all(): Promise<StoredChannel[]> {
    return this.dataSource.query('SELECT id, kind, origin, signed FROM alert_channels ORDER BY id');
  }

  /** With URL and secret; throws where the key that sealed them is not there any more. */
  async open(id: string): Promise<AlertChannelInput | null> {
    const rows: { kind: AlertChannelKind; sealed: Buffer }[] = await this.dataSource.query(
      'SELECT kind, sealed FROM alert_channels WHERE id = $1',
      [id],
    );
    const [row] = rows;
    return row ? { id, kind: row.kind, ...this.seal.open(row.sealed, id) } : null;
  }

  async add({ id, kind, url, secret }: AlertChannelInput, transaction: EntityManager): Promise<void> {
    await transaction.query(
      `INSERT INTO alert_channels (id, kind, origin, signed, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        ...[id, kind, new URL(url).origin, secret !== undefined],
        ...[this.seal.close({ url, secret }, id), new Date(this.clock.now())],
      ],
    );
  }

  async remove(id: string, transaction: EntityManager): Promise<void> {
    await transaction.query('DELETE FROM alert_channels WHERE id = $1', [id]);
  }
}
