import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ReplyCheck } from './reply-check';
import { ResponseParser } from './response-parser';
import { RequestTemplate } from './request-template';
import type { Target, Workload } from './protocol';

const READ_BUFFER_BYTES = 65_536;
const CONNECT_TIMEOUT_MS = 5_000;

/** One keep-alive connection with one request at a time on it; connects again by itself after the server has closed. */
export class Connection {
  readonly template: RequestTemplate;
  readonly reply: ReplyCheck;
  startedAt = 0; // when the request was meant to start, ms of the monotonic clock
  busy = false;
  private socket: Socket | null = null;
  private parser: ResponseParser;
  private onDone: (connection: Connection) => void = () => undefined;

  constructor(
    private readonly target: Target,
    workload: Workload,
  ) {
    this.template = RequestTemplate.create(target, workload);
    this.reply = new ReplyCheck(
      workload.stream,
      () => performance.now(),
      () => this.finish(),
    );
    this.parser = new ResponseParser(this.reply);
  }

  /** Opens the connection ahead of its first request; settles as well when nobody listens or answers, which the request will say. */
  async connect(): Promise<void> {
    const socket = this.open();
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) }).catch(() => undefined);
  }

  /** Sends the template; `done` is called once, with the verdict in `reply`. Never throws. */
  send(startedAt: number, done: (connection: Connection) => void): void {
    this.startedAt = startedAt;
    this.onDone = done;
    this.busy = true;
    this.reply.reset();
    const socket = this.socket ?? this.open();
    socket.write(this.template.bytes);
  }

  /** Ends the request in flight, if any, as failed with this reason. */
  fail(reason: string): void {
    const socket = this.socket;
    this.socket = null;
    socket?.destroy();
    if (!this.busy) return;
    this.reply.error = reason;
    this.finish();
  }

  close(): void {
    this.socket?.destroy();
    this.socket = null;
  }

  private open(): Socket {
    this.parser = new ResponseParser(this.reply);
    const socket: Socket = connect({
      host: this.target.host,
      port: this.target.port,
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(READ_BUFFER_BYTES),
        callback: (length, bytes) => this.read(socket, bytes, length),
      },
    });
    socket.on('error', (error: NodeJS.ErrnoException) => this.lost(socket, error.code ?? 'socket error'));
    socket.on('close', () => this.lost(socket, 'connection cut'));
    this.socket = socket;
    return socket;
  }

  private read(socket: Socket, bytes: Uint8Array, length: number): boolean {
    if (socket !== this.socket) return false;
    try {
      this.parser.feed(Buffer.from(bytes.buffer, bytes.byteOffset, length));
    } catch (error) {
      this.fail(error instanceof Error ? error.message : 'unreadable response');
    }
    return true;
  }

  private lost(socket: Socket, reason: string): void {
    if (socket !== this.socket) return;
    this.socket = null;
    if (!this.busy || this.parser.close()) return;
    this.reply.error = reason;
    this.finish();
  }

  private finish(): void {
    if (!this.busy) return;
    this.busy = false;
    this.onDone(this);
  }
}
