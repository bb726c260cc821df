import { ConfigStore, environmentSchema, relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { RedisConnections } from '@relay/database';
import { FakeClock } from '@relay/testing';
import type { Redis } from 'ioredis';
import type { Arrival, Delivery } from '../../src/domain/flights/passenger';
import { Flights } from '../../src/flights/flights.service';
import { SharingPassenger } from './sharing-passenger';

export const MAX_ENTRY_BYTES = 1_000_000;

export interface Boarded {
  readonly passenger: SharingPassenger;
  readonly arrival: Promise<Arrival>;
}

/** Lets a test see what comes in on the channel of a process. */
class WatchedConnections extends RedisConnections {
  channel = '';
  heard = 0;
  publisher: Redis | null = null;

  override createPublisher(): Redis | null {
    return (this.publisher = super.createPublisher());
  }

  override createSubscriber(): Redis | null {
    const subscriber = super.createSubscriber();
    if (!subscriber) return null;
    const subscribe = jest.spyOn(subscriber, 'subscribe');
    subscriber.once('ready', () => (this.channel = String(subscribe.mock.calls[0]?.[0])));
    subscriber.on('messageBuffer', () => this.heard++);
    return subscriber;
  }
}

/** As one process of the relay: connections, a clock and flights of its own. */
export class RelayProcess {
  private stopped = false;

  private constructor(
    private readonly connections: WatchedConnections,
    readonly redis: Redis,
    readonly flights: Flights,
    readonly clock: FakeClock,
  ) {}

  /** Where others reach it. */
  get channel(): string {
    return this.connections.channel;
  }

  /** Messages that came in so far. */
  get heard(): number {
    return this.connections.heard;
  }

  /** What it tells others goes out here. */
  get publisher(): Redis {
    if (!this.connections.publisher) throw new Error('it has none');
    return this.connections.publisher;
  }

  static async start(url: string, secret?: string): Promise<RelayProcess> {
    const environment = environmentSchema.parse({ REDIS_URL: url, RELAY_ENCRYPTION_KEY: secret });
    const config: RelayConfig = {
      ...relayConfigSchema.parse({ cache: { maxEntryBytes: MAX_ENTRY_BYTES } }),
      policy: policyDocumentSchema.parse({ name: 'test', version: 1 }),
    };
    const clock = new FakeClock();
    const connections = new WatchedConnections(environment);
    const redis = await connections.connect();
    if (!redis) throw new Error('REDIS_URL is needed');
    const store = new ConfigStore(config, 'relay.yaml');
    const flights = new Flights(clock, store, environment, redis, connections);
    await flights.onModuleInit();
    return new RelayProcess(connections, redis, flights, clock);
  }

  board(key: string, delivery: Delivery = 'stream', keeps = false): Boarded {
    const passenger = new SharingPassenger(delivery);
    passenger.keeps = keeps;
    return { passenger, arrival: this.flights.board(key, passenger) };
  }

  /** As kill -9 does for its connections: no good-bye. */
  kill(): void {
    this.stopped = true;
    void this.connections.onApplicationShutdown();
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    await this.flights.onApplicationShutdown();
    await this.connections.onApplicationShutdown();
  }
}
