import type { BusMessage } from '../messages';
import type { MessageBus, ReceivedMessage } from '../ports/message-bus.port';

/** Where in-process buses meet. With one member, as in embedded mode, nothing is ever delivered. */
export class InProcessHub {
  readonly members = new Map<string, (received: ReceivedMessage) => void>();
}

export class InProcessBus implements MessageBus {
  constructor(
    readonly processId: string,
    private readonly hub = new InProcessHub(),
    readonly shared = false,
  ) {}

  send(to: string, message: BusMessage): Promise<boolean> {
    const deliver = this.hub.members.get(to);
    deliver?.({ from: this.processId, message });
    return Promise.resolve(deliver !== undefined);
  }

  broadcast(message: BusMessage): Promise<void> {
    for (const [id, deliver] of this.hub.members) {
      if (id !== this.processId) deliver({ from: this.processId, message });
    }
    return Promise.resolve();
  }

  start(onMessage: (received: ReceivedMessage) => void): Promise<void> {
    this.hub.members.set(this.processId, onMessage);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.hub.members.delete(this.processId);
    return Promise.resolve();
  }
}
