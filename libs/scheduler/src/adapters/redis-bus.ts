import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type BusMessage, busMessageSchema } from '../messages';
import type { MessageBus, ReceivedMessage } from '../ports/message-bus.port';
import { channelOfAll } from './bus-channel';

const envelopeSchema = z.object({ from: z.string(), message: busMessageSchema });

function parseEnvelope(text: string): ReceivedMessage | null {
  try {
    return envelopeSchema.parse(JSON.parse(text));
  } catch {
    return null; // of another version
  }
}

/** Redis pub/sub: one channel per process, one for all. Losing a message is allowed for by everybody who uses the bus. */
export class RedisBus implements MessageBus {
  readonly shared = true;
  private readonly toAll: string;

  /** `subscriber` is a connection of its own, since one that subscribes can do nothing else. */
  constructor(
    readonly processId: string,
    private readonly redis: Redis,
    private readonly subscriber: Redis,
    private readonly namespace: string,
  ) {
    this.toAll = channelOfAll(redis, namespace);
  }

  async send(to: string, message: BusMessage): Promise<boolean> {
    return (await this.redis.publish(this.channelOf(to), this.pack(message))) > 0;
  }

  async broadcast(message: BusMessage): Promise<void> {
    await this.redis.publish(this.toAll, this.pack(message));
  }

  async start(onMessage: (received: ReceivedMessage) => void): Promise<void> {
    this.subscriber.on('message', (_channel: string, text: string) => {
      const received = parseEnvelope(text);
      if (received && received.from !== this.processId) onMessage(received);
    });
    await this.subscriber.subscribe(this.channelOf(this.processId), this.toAll);
  }

  close(): Promise<void> {
    this.subscriber.removeAllListeners('message');
    this.subscriber.disconnect();
    return Promise.resolve();
  }

  private channelOf(processId: string): string {
    return `${this.namespace}:bus:${processId}`;
  }

  private pack(message: BusMessage): string {
    return JSON.stringify({ from: this.processId, message });
  }
}
