import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigStore, ENVIRONMENT, type Environment } from '@relay/config';
import { CLOCK, LiveMap, LiveBag, type Clock } from '@relay/core';
import { REDIS, RedisConnections } from '@relay/database';
import type { Redis } from 'ioredis';
import { Flight, type FlightHost } from '../domain/flights/flight';
import { leftBy } from '../domain/flights/landings';
import type { Arrival, Passenger } from '../domain/flights/passenger';
import { openSkies } from './elsewhere/open-skies';
import type { SharedSkies, SkiesStats } from './elsewhere/shared-skies';

/** Flights under way, and counts since the start of the process. */
export interface FlightStats {
  readonly flying: number;
  readonly aboard: number;
  readonly flown: number;
  /** Boarded a flight that another passenger piloted. */
  readonly shared: number;
  /** A pilot failed before any content and another passenger flew. */
  readonly takeovers: number;
  /** Null without Redis. */
  readonly elsewhere: SkiesStats | null;
}

/**
 * Equal requests in flight share one upstream call. Passengers of one key board the same flight; the first of them pilots it in the
 * same tick. Whom the landing cannot serve (another delivery than the pilot's, and the answer was not put together) boards once more,
 * and then flies alone.
 */
@Injectable()
export class Flights implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Flights.name);
  private readonly joinable = new LiveMap<string, Flight>();
  private readonly flying = new LiveBag<Flight>();
  private readonly counts = { flown: 0, shared: 0, takeovers: 0 };
  private readonly host: FlightHost = {
    onClosed: (flight) => {
      if (this.joinable.get(flight.key) === flight) this.joinable.delete(flight.key);
    },
    onTakeover: () => void this.counts.takeovers++,
    onLanded: (flight) => {
      this.flying.delete(flight.place);
      this.skies?.landed(flight);
    },
    onFault: (thrown) => this.logger.error(thrown, 'a request that shares an answer with others broke'),
  };
  private readonly skies: SharedSkies | null;

  constructor(
    @Inject(CLOCK) clock: Clock,
    private readonly config: ConfigStore,
    @Inject(ENVIRONMENT) environment: Environment,
    @Inject(REDIS) redis: Redis | null,
    connections: RedisConnections,
  ) {
    const subscriber = redis && connections.createSubscriber();
    const publisher = redis && connections.createPublisher();
    const maxAnswerBytes = (): number => this.maxBytes;
    this.skies =
      subscriber && publisher && openSkies({ clock, environment, redis, subscriber, publisher, maxAnswerBytes });
  }

  async onModuleInit(): Promise<void> {
    await this.skies?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.skies?.close();
  }

  /** Flights under way in this process. */
  get size(): number {
    return this.flying.size;
  }

  /** Whether somebody in this process is getting this answer right now. */
  isUnderWay(key: string): boolean {
    return this.joinable.has(key);
  }

  /** `key`: exact key of the request, 64 hex digits. Calls the first passenger's pilot before it returns. Never rejects. */
  async board(key: string, passenger: Passenger): Promise<Arrival> {
    const first = await this.take(passenger, () => this.flightTo(key));
    if (!isUnserved(first)) return first;
    const second = await this.take(passenger, () => this.flightTo(key));
    return isUnserved(second) ? this.take(passenger, () => this.create(key, null)) : second;
  }

  stats(): FlightStats {
    let aboard = 0;
    for (const flight of this.flying) aboard += flight.passengers;
    return { flying: this.size, aboard, ...this.counts, elsewhere: this.skies?.stats() ?? null };
  }

  private get maxBytes(): number {
    return this.config.current.cache.maxEntryBytes;
  }

  private take(passenger: Passenger, flight: () => Flight): Promise<Arrival> {
    const { signal } = passenger;
    if (signal.aborted) return Promise.resolve({ landing: leftBy(signal), piloted: false, live: false });
    return new Promise((resolve) => flight().board(passenger, resolve));
  }

  /** The flight that is under way, or a new one that others may join. */
  private flightTo(key: string): Flight {
    const underWay = this.joinable.get(key);
    if (underWay) {
      this.counts.shared++;
      return underWay;
    }
    const flight = this.create(key, this.skies);
    this.joinable.set(key, flight);
    return flight;
  }

  private create(key: string, skies: SharedSkies | null): Flight {
    const flight = new Flight(key, this.maxBytes, this.host, skies);
    flight.place = this.flying.add(flight);
    this.counts.flown++;
    return flight;
  }
}

/** The flight landed, but with nothing for this passenger. */
const isUnserved = ({ landing, piloted, live }: Arrival): boolean =>
  landing.kind === 'landed' && landing.answer === null && !piloted && !live;
