import type { Clock } from '@relay/core';
import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import type { ChangeBus } from './change-bus.port';
import { type ChangeListener, hear, type IdentityChange } from './identity-change';

const CHANNEL = 'relay_identity';
const RETRY_MS = 1_000; // between two attempts to connect
const CONNECT_TIMEOUT_MS = 5_000;
/** A peer that vanished without a word is found out by probes of the kernel, the first after so long. */
const PROBE_AFTER_MS = 10_000;

/** Over PostgreSQL's NOTIFY, where there is no Redis. Channels belong to a database. LISTEN needs a connection that stays. */
export class PostgresChangeBus implements ChangeBus {
  private readonly logger = new Logger(PostgresChangeBus.name);
  private client: Client | null = null;
  private cancelRetry = (): void => undefined;
  private closed = false;
  private away = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly url: string,
    private readonly clock: Clock,
  ) {}

  async publish(change: IdentityChange): Promise<void> {
    await this.dataSource.query('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify(change)]);
  }

  follow(listener: ChangeListener): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: PROBE_AFTER_MS,
    });
    this.client = client;
    client.on('notification', ({ payload }) => hear(listener, payload));
    client.on('error', (error) => this.lost(client, listener, error));
    client.on('end', () => this.lost(client, listener, new Error('the connection ended')));
    return this.listen(client, listener).catch((error: unknown) => this.lost(client, listener, error));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.cancelRetry();
    await this.client?.end().catch(() => undefined);
  }

  private async listen(client: Client, listener: ChangeListener): Promise<void> {
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
    if (this.away) this.logger.log('changes of keys, tenants and users are heard again');
    this.away = false;
    listener.missed();
  }

  /** An error is followed by an end: only the first of them counts. */
  private lost(client: Client, listener: ChangeListener, error: unknown): void {
    if (this.closed || this.client !== client) return;
    this.client = null;
    client.end().catch(() => undefined);
    if (!this.away) this.logger.warn(`changes of keys, tenants and users are not heard: ${String(error)}`);
    this.away = true;
    this.cancelRetry = this.clock.after(RETRY_MS, () => void this.follow(listener));
  }
}
