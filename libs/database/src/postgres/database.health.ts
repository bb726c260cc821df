import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { within } from '../within';

const PING_TIMEOUT_MS = 2_000;

@Injectable()
export class DatabaseHealth {
  constructor(private readonly dataSource: DataSource) {}

  /** Resolves when the database answers a query; rejects with the reason, at the latest after 2 s. */
  async ping(): Promise<void> {
    await within(PING_TIMEOUT_MS, 'the database', this.dataSource.query('SELECT 1'));
  }
}
