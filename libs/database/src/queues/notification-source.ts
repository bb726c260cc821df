import { Client, type ClientConfig } from 'pg';
import type { EmbeddedPostgres } from '../pglite/embedded-postgres';
import { KEEP_ALIVE } from '../postgres/keep-alive';

export interface Notification {
  readonly channel: string;
  readonly payload?: string;
}

export interface NotificationListener {
  notified(notification: Notification): void;
  /** The subscription is gone with its connection; whoever still wants it listens again. */
  lost(error: Error): void;
}

/** Where PostgreSQL's LISTEN is held and its notifications arrive: one connection for all queues of the process. */
export interface NotificationSource {
  listen(statement: string): Promise<void>;
  add(listener: NotificationListener): void;
  remove(listener: NotificationListener): void;
  close(): Promise<void>;
}

abstract class ListenerSet {
  private readonly listeners = new Set<NotificationListener>();

  add(listener: NotificationListener): void {
    this.listeners.add(listener);
  }

  remove(listener: NotificationListener): void {
    this.listeners.delete(listener);
  }

  protected notify(notification: Notification): void {
    for (const listener of this.listeners) listener.notified(notification);
  }

  /** Listeners re-subscribe as new ones, so the old ones are forgotten. */
  protected lose(error: Error): void {
    const listeners = [...this.listeners];
    this.listeners.clear();
    for (const listener of listeners) listener.lost(error);
  }
}

/** The embedded database has one session, so LISTEN goes through the pool that everything goes through. */
export class EmbeddedNotifications extends ListenerSet implements NotificationSource {
  private closed = false;

  constructor(private readonly embedded: EmbeddedPostgres) {
    super();
    embedded.onNotification((notification) => this.notify(notification));
    embedded.onSessionLost((error) => {
      if (!this.closed) this.lose(error);
    });
  }

  async listen(statement: string): Promise<void> {
    await this.embedded.pool.query(statement);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

/** On a server: a connection of its own, opened at the first LISTEN and again after it was lost. */
export class ServerNotifications extends ListenerSet implements NotificationSource {
  private client: Promise<Client> | null = null;
  private closed = false;

  constructor(private readonly config: ClientConfig) {
    super();
  }

  async listen(statement: string): Promise<void> {
    this.client ??= this.open();
    const client = await this.client;
    await client.query(statement);
  }

  async close(): Promise<void> {
    this.closed = true;
    const client = await this.client?.catch(() => null);
    await client?.end();
  }

  private open(): Promise<Client> {
    const client = new Client({ ...this.config, ...KEEP_ALIVE });
    const opening = client.connect().then(() => client);
    const lost = (error: Error): void => {
      if (this.closed || this.client !== opening) return; // an error is followed by an end, when another client may be there
      this.client = null;
      client.end().catch(() => undefined);
      this.lose(error);
    };
    client.on('error', lost);
    client.on('end', () => lost(new Error('the connection for notifications ended')));
    client.on('notification', (notification) => this.notify(notification));
    opening.catch(lost); // whoever awaits it sees the error; the next one to listen tries anew
    return opening;
  }
}
