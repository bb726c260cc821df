import type { Redis } from 'ioredis';
import type { ChangeBus } from './change-bus.port';
import { type ChangeListener, hear, type IdentityChange } from './identity-change';

/** Over Redis pub/sub, whose channels know of no databases: the name tells them apart. */
export class RedisChangeBus implements ChangeBus {
  private readonly channel: string;

  /** `subscriber` is a connection of its own, since one that subscribes can do nothing else. */
  constructor(
    private readonly redis: Redis,
    private readonly subscriber: Redis,
    namespace = 'relay',
  ) {
    this.channel = `${namespace}:identity:${redis.options.db ?? 0}`;
  }

  async publish(change: IdentityChange): Promise<void> {
    await this.redis.publish(this.channel, JSON.stringify(change));
  }

  async follow(listener: ChangeListener): Promise<void> {
    const subscribe = (): Promise<void> =>
      this.subscriber.subscribe(this.channel).then(
        () => listener.missed(),
        () => undefined, // the connection broke again; the next one subscribes
      );
    this.subscriber.on('message', (_channel: string, text: string) => hear(listener, text));
    if (this.subscriber.status !== 'ready') await new Promise((resolve) => this.subscriber.once('ready', resolve));
    await subscribe();
    this.subscriber.on('ready', () => void subscribe());
  }

  close(): Promise<void> {
    this.subscriber.removeAllListeners('message').removeAllListeners('ready');
    this.subscriber.disconnect();
    return Promise.resolve();
  }
}
