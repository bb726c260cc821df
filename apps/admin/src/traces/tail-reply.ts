import type { ServerResponse } from 'node:http';
import type { TailEvent } from '@relay/trace';
import type { Clock } from '@relay/core';

/** Bytes that may wait for a client that reads slowly; what comes beyond is left out, and counted. */
const MAX_WAITING_BYTES = 262_144;
/** A client that has read nothing for so long is cut off. */
const MAX_STALL_MS = 30_000;
/** Shorter than the time after which proxies close what is silent. */
const HEARTBEAT_MS = 15_000;

const RETRY_HINT_MS = 2_000; // until a client comes back by itself

/**
 * New traces as server-sent events:
 *
 *     id: 1774526400123456.0199e7d0-…      where to go on after a break (Last-Event-ID)
 *     event: trace                         dropped: { "count": n } · end: { "reason": "…" }
 *     data: { … }
 */
export class TailReply {
  private dropped = 0;
  private cancelStall: (() => void) | null = null;
  private cancelHeartbeat: () => void = () => undefined;
  private isEnded = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly clock: Clock,
    private readonly onHeartbeat: () => void,
  ) {
    response.on('drain', () => this.onDrain());
    response.on('close', () => this.stop());
  }

  begin(headers: Readonly<Record<string, string>>): void {
    this.response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no', // nginx would gather events otherwise
    });
    this.response.write(`retry: ${RETRY_HINT_MS}\n\n`);
    this.beat();
  }

  events(events: readonly TailEvent[]): void {
    for (const { eventId, row } of events) {
      if (this.isFull) this.drop(1);
      else this.write(`id: ${eventId}\nevent: trace\ndata: ${JSON.stringify(row)}\n\n`);
    }
  }

  /** Told with the next bytes that the client takes. */
  drop(count: number): void {
    this.dropped += count;
    if (this.isFull) this.cancelStall ??= this.clock.after(MAX_STALL_MS, () => this.response.destroy());
    else this.tellDropped();
  }

  end(reason: string): void {
    if (this.isEnded) return;
    this.write(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);
    this.response.end();
    this.stop();
    this.cancelStall ??= this.clock.after(MAX_STALL_MS, () => this.response.destroy());
  }

  private get isFull(): boolean {
    return this.response.writableLength > MAX_WAITING_BYTES;
  }

  private write(text: string): void {
    if (!this.isEnded) this.response.write(text);
  }

  private onDrain(): void {
    this.cancelStall?.();
    this.cancelStall = null;
    this.tellDropped();
  }

  private tellDropped(): void {
    if (this.dropped === 0) return;
    this.write(`event: dropped\ndata: ${JSON.stringify({ count: this.dropped })}\n\n`);
    this.dropped = 0;
  }

  private beat(): void {
    if (this.isEnded) return;
    if (!this.isFull) this.write(':\n\n');
    else this.cancelStall ??= this.clock.after(MAX_STALL_MS, () => this.response.destroy());
    this.onHeartbeat();
    if (!this.isEnded) this.cancelHeartbeat = this.clock.after(HEARTBEAT_MS, () => this.beat());
  }

  private stop(): void {
    this.isEnded = true;
    this.cancelHeartbeat();
    if (this.response.closed) this.cancelStall?.();
  }
}
