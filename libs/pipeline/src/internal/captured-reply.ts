import type { Reply } from '../exchange';

/** What an internal request was answered. */
export interface Captured {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Takes the answer to a request of the relay's own. Such requests do not stream. */
export class CapturedReply implements Reply {
  started = false;
  /** Null until the request has ended; then null if it was given up. */
  captured: Captured | null = null;

  send(status: number, headers: string[], body: Buffer): void {
    if (this.started) return;
    this.started = true;
    const pairs = new Map<string, string>();
    for (let i = 0; i < headers.length; i += 2) pairs.set(headers[i] ?? '', headers[i + 1] ?? '');
    this.captured = { status, headers: pairs, body };
  }

  startStream(): void {
    this.started = true;
  }

  write(): boolean {
    return true;
  }

  abandon(): void {
    this.started = true;
  }

  end(): void {
    this.started = true;
  }
}
