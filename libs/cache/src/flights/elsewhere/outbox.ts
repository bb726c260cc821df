import type { Step } from './flight-messages';

/** Most payload in one message, in bytes. */
export const MAX_PAYLOAD_BYTES = 65_536;

type Kind = Extract<Step, { type: 'bytes' }>['of'];

interface Letter {
  readonly step: Step;
  readonly payload: Buffer[];
  bytes: number;
}

/** What one follower is still to be told, in order, one message on its way at a time. What comes meanwhile goes together. */
export class Outbox {
  private readonly letters: Letter[] = [];
  private waitingBytes = 0;
  private sending = false;

  constructor(
    /** Resolves when the follower has heard it; rejects when it cannot be reached. */
    private readonly send: (step: Step, payload: readonly Buffer[]) => Promise<void>,
    /** Something was sent, or nothing can be sent any more. */
    private readonly onSent: () => void,
    private readonly onLost: () => void,
  ) {}

  get isEmpty(): boolean {
    return !this.sending && this.letters.length === 0;
  }

  /** There is as much as goes into a message, and more should wait. */
  get isFull(): boolean {
    return this.waitingBytes >= MAX_PAYLOAD_BYTES;
  }

  add(step: Step): void {
    this.letters.push({ step, payload: [], bytes: 0 });
    this.start();
  }

  addBytes(of: Kind, bytes: Buffer): void {
    const last = this.letters.at(-1);
    const fits = last?.step.type === 'bytes' && last.step.of === of && last.bytes + bytes.length <= MAX_PAYLOAD_BYTES;
    this.waitingBytes += bytes.length;
    if (last && fits && !last.step.more) {
      last.payload.push(bytes);
      last.bytes += bytes.length;
    } else this.addPieces(of, bytes);
    this.start();
  }

  private addPieces(of: Kind, bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += MAX_PAYLOAD_BYTES) {
      const piece = bytes.subarray(at, at + MAX_PAYLOAD_BYTES);
      const more = at + MAX_PAYLOAD_BYTES < bytes.length;
      this.letters.push({ step: { type: 'bytes', of, more }, payload: [piece], bytes: piece.length });
    }
  }

  private start(): void {
    if (!this.sending) void this.sendAll();
  }

  private async sendAll(): Promise<void> {
    this.sending = true;
    try {
      for (let letter = this.letters.shift(); letter; letter = this.letters.shift()) {
        this.waitingBytes -= letter.bytes;
        await this.send(letter.step, letter.payload);
        this.onSent();
      }
      this.sending = false;
      this.onSent();
    } catch {
      this.letters.length = 0;
      this.waitingBytes = 0;
      this.onLost();
    }
  }
}
