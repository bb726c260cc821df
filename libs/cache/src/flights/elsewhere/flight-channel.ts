import type { Redis } from 'ioredis';
import { once } from 'node:events';
import type { FlightCodec, Received } from './flight-codec';
import type { FlightMessage } from './flight-messages';

/** What processes tell each other about flights: a pub/sub channel of its own for each. Messages can be lost; who listens counts them. */
export class FlightChannel {
  private subscribed = false;
  private onMessage: (received: Received) => void = () => undefined;

  /** Two connections of their own, closed by `close`: what goes out waits for no other commands, and they do not wait for it. */
  constructor(
    readonly processId: string,
    private readonly publisher: Redis,
    private readonly subscriber: Redis,
    private readonly codec: FlightCodec,
    private readonly namespace: string,
  ) {}

  /** Others reach this process. */
  get listening(): boolean {
    return this.subscribed && this.subscriber.status === 'ready' && this.publisher.status === 'ready';
  }

  /** Listens as soon as Redis is there, also after it was away; settles when it does, or was closed before. */
  async start(onMessage: (received: Received) => void): Promise<void> {
    this.onMessage = onMessage;
    this.subscriber.on('messageBuffer', this.receive);
    try {
      await this.subscriber.subscribe(this.nameOf(this.processId));
      this.subscribed = true;
      if (this.publisher.status !== 'ready') await once(this.publisher, 'ready');
    } catch {
      // closed before Redis was there
    }
  }

  /** How many heard it: 0 or 1. Rejects when Redis does not answer. */
  async send(to: string, key: string, message: FlightMessage, payload: readonly Buffer[] = []): Promise<number> {
    return this.publisher.publish(this.nameOf(to), this.codec.encode(key, message, payload));
  }

  close(): void {
    this.subscribed = false;
    this.subscriber.off('messageBuffer', this.receive);
    this.subscriber.disconnect();
    this.publisher.disconnect();
  }

  private readonly receive = (_channel: Buffer, bytes: Buffer): void => {
    const received = this.codec.decode(bytes);
    if (received) this.onMessage(received);
  };

  private nameOf(processId: string): string {
    return `${this.namespace}:flights:${processId}`;
  }
}
