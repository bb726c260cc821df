import { restoreCompletion, StreamRestorer, type RedactionTable, type RestoreOptions } from '@relay/prompt';
import type { Reply } from '../exchange';
import { isEventStream, withLength } from '../flat-headers';

/** A reply that puts back what was redacted from the request, on the last step to the client: cache, trace and log never see it. */
export class RestoringReply implements Reply {
  private readonly stream: StreamRestorer;
  private isBytes = false; // a recording holds no words

  constructor(
    private readonly inner: Reply,
    private readonly table: RedactionTable,
    private readonly options: RestoreOptions,
  ) {
    this.stream = new StreamRestorer(table, options);
  }

  get started(): boolean {
    return this.inner.started;
  }

  send(status: number, headers: string[], body: Buffer): void {
    const restored = isEventStream(headers) ? this.stream.end(body) : this.restoreWhole(body);
    this.inner.send(status, restored === body ? headers : withLength(headers, restored.length), restored);
  }

  startStream(headers: string[]): void {
    this.isBytes = !isEventStream(headers);
    this.inner.startStream(headers);
  }

  write(frames: Buffer, resume: () => void): boolean {
    if (this.isBytes) return this.inner.write(frames, resume);
    const restored = this.stream.push(frames);
    return restored.length === 0 || this.inner.write(restored, resume);
  }

  abandon(): void {
    this.inner.abandon();
  }

  end(tail: Buffer): void {
    this.inner.end(this.isBytes ? tail : this.stream.end(tail));
  }

  private restoreWhole(body: Buffer): Buffer {
    const text = body.toString('utf8');
    const restored = restoreCompletion(text, this.table, this.options);
    return restored === text ? body : Buffer.from(restored);
  }
}
