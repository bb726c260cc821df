import { EventEmitter } from 'node:events';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import type { Notification, NotificationListener, NotificationSource } from './notification-source';

/** BullMQ's SQL files begin with comments, so the word is looked for at the start of any line. */
const LISTEN = /^\s*LISTEN\b/im;
/** BullMQ names each worker's connection; here workers share connections, so a name would be wrong for all but one. */
const SET_NAME = /set_config\('application_name'/;

const NOTHING: PgQueryResult<never> = { rows: [] };

type Query = (text: string, params?: unknown[]) => Promise<{ rows: unknown[]; rowCount?: number | null }>;

/**
 * What BullMQ takes for its `pg.Pool`. Left to itself, BullMQ holds one connection for every Queue and Worker only to LISTEN:
 * too many on a server, and a standstill on the embedded database, which has a single one. Here queries go to the shared pool
 * and every LISTEN to the one connection that is kept for notifications.
 */
export class QueuePool implements PgPool {
  /** Read by BullMQ: lost connections are noticed, so an idle worker need not look into its queue every 10 s. */
  readonly options = { keepAlive: true };

  constructor(
    private readonly run: Query,
    private readonly notifications: NotificationSource,
  ) {}

  query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    return this.run(text, params as unknown[] | undefined) as Promise<PgQueryResult<R>>;
  }

  connect(): Promise<PgPoolClient> {
    return Promise.resolve(new QueueClient(this, this.notifications));
  }

  /** BullMQ does not own this pool and never ends it; queue.connection.ts does. */
  end(): Promise<void> {
    return Promise.resolve();
  }

  /** Errors of idle connections are reported by the pool behind this one. */
  on(): this {
    return this;
  }

  removeAllListeners(): this {
    return this;
  }
}

/** A "checked-out" client: it holds nothing until it listens. */
class QueueClient extends EventEmitter implements PgPoolClient {
  private readonly listener: NotificationListener = {
    notified: (notification: Notification) => this.emit('notification', notification),
    lost: (error: Error) => this.emit('error', error),
  };

  constructor(
    private readonly pool: QueuePool,
    private readonly notifications: NotificationSource,
  ) {
    super();
  }

  async query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    if (SET_NAME.test(text)) return NOTHING;
    if (!LISTEN.test(text)) return this.pool.query<R>(text, params);
    this.notifications.add(this.listener);
    await this.notifications.listen(text);
    return NOTHING;
  }

  release(): void {
    this.notifications.remove(this.listener);
  }

  override emit(event: string, ...args: unknown[]): boolean {
    // A client that nobody watches any more must not bring the process down.
    if (event === 'error' && this.listenerCount('error') === 0) return false;
    return super.emit(event, ...args);
  }
}
