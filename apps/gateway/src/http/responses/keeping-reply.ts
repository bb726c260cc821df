import { isEventStream, withLength, type Reply } from '@relay/pipeline';
import { parseObject, type JsonObject } from '@relay/protocols';
import { echoIn, type Echo } from '@relay/responses';
import { EchoingStream } from './echoing-stream';

const NO_BYTES: Buffer = Buffer.alloc(0);

/** Stores an answer; never rejects, and takes no longer than a client may be kept waiting. */
export type Keep = (answer: JsonObject) => Promise<void>;

/**
 * The reply to a request whose state the relay keeps: puts into the answer what the upstream was not told, and holds the last bytes back
 * until the answer is stored, so that nobody has an answer that the next request would not find.
 */
export class KeepingReply implements Reply {
  private readonly stream: EchoingStream;
  private isEnding = false;

  /** `keep`: null where the answer is not to be kept. */
  constructor(
    private readonly inner: Reply,
    private readonly echo: Echo,
    private readonly keep: Keep | null,
  ) {
    this.stream = new EchoingStream(echo);
  }

  get started(): boolean {
    return this.isEnding || this.inner.started;
  }

  send(status: number, headers: string[], body: Buffer): void {
    if (status !== 200) return this.inner.send(status, headers, body);
    if (isEventStream(headers)) {
      const begin = this.stream.push(body);
      const frames = Buffer.concat([begin, this.stream.end()]);
      const told = withLength(headers, frames.length);
      return this.endWith(this.stream.ended, () => this.inner.send(status, told, frames));
    }
    const told = echoIn(body, this.echo);
    this.endWith(parseObject(told.toString('utf8')), () =>
      this.inner.send(status, withLength(headers, told.length), told),
    );
  }

  startStream(headers: string[]): void {
    this.inner.startStream(headers);
  }

  write(frames: Buffer, resume: () => void): boolean {
    const told = this.stream.push(frames);
    return told.length === 0 || this.inner.write(told, resume);
  }

  abandon(): void {
    this.inner.abandon();
  }

  end(tail: Buffer): void {
    const begin = this.stream.push(tail);
    const last = Buffer.concat([begin, this.stream.end()]);
    this.endWith(this.stream.ended, () => this.inner.end(last.length === 0 ? NO_BYTES : last));
  }

  private endWith(answer: JsonObject | null, leave: () => void): void {
    if (this.keep === null || answer === null) return leave();
    this.isEnding = true;
    const { relay: _explained, ...kept } = answer; // x-relay-explain is for this reply only
    void this.keep(kept).then(leave);
  }
}
