import type { BusMessage } from '../messages';

export interface ReceivedMessage {
  readonly from: string; // process id
  readonly message: BusMessage;
}

/** Messages among the processes of one relay; at most once, in order between two processes. */
export interface MessageBus {
  readonly processId: string;
  /** Whether there can be other processes at all. */
  readonly shared: boolean;
  /** `false` if that process is certainly not there. */
  send(to: string, message: BusMessage): Promise<boolean>;
  /** To every other process. */
  broadcast(message: BusMessage): Promise<void>;
  start(onMessage: (received: ReceivedMessage) => void): Promise<void>;
  close(): Promise<void>;
}
