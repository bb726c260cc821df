import type { ToldLimits } from '@relay/contracts';
import type { Dispatcher } from 'undici';
import { retryAfterMs } from '../../domain/retry-after';
import { fault, refusalFailure, type UpstreamFailure } from '../../domain/upstream-failure';
import { toldLimits } from '../../domain/told-limits';
import { decodeBody, isEncoded } from '../http/decode-body';
import { MAX_ANSWER_BYTES } from '../http/json-reply';
import { MAX_REFUSAL_BYTES } from '../http/refusal-reply';
import { transportFailure } from '../http/transport-failure';
import { openaiShaped } from './openai-shaped';
import type { SdkContext } from './sdk-context';
import type { UsageWatch } from './usage-watch';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Of a stream that nobody reads for the moment this much is taken from the connection, in bytes; then it is paused. */
const READ_AHEAD_BYTES = 65_536;
/** Tells undici to destroy the connection; nobody sees it. */
const ABANDONED = new Error('the call is over');

/** What a call wants to hear of its exchange. */
export interface ExchangeEvents {
  onConnect(): void;
  onHead(status: number, told: ToldLimits | null): void;
  onFirstByte(): void;
}

interface Head {
  readonly status: number;
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly retryAfterMs: number | null;
}

/**
 * One HTTP request of a package, as undici drives it, and its answer as the `Response` that the package reads. What goes wrong on the
 * way is put into the relay's terms here, in `failure`, where it is known best; the package only hears that it failed.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly response: Promise<Response>;
  failure: UpstreamFailure | null = null;
  private resolve!: (response: Response) => void;
  private reject!: (reason: Error) => void;
  private controller: Dispatcher.DispatchController | null = null;
  private body: ReadableStreamDefaultController<Uint8Array> | null = null;
  private head: Head | null = null;
  private parts: Buffer[] = []; // of what is no stream
  private bytes = 0;
  private isOver = false;

  constructor(
    private readonly context: SdkContext,
    private readonly isStream: boolean,
    private readonly events: ExchangeEvents,
    private readonly usage: UsageWatch,
  ) {
    this.response = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.response.catch(() => undefined); // the package may have stopped listening
  }

  /** Nobody wants the rest. */
  abandon(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.controller?.abort(ABANDONED);
    this.reject(ABANDONED);
    this.breakBody();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.isOver) return controller.abort(ABANDONED); // before the connection was made: nothing is sent
    if (this.context.connections.isFreshConnection) this.events.onConnect();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (this.isOver || status < 200) return; // 1xx only announce
    const now = this.context.clock.now();
    this.head = {
      status,
      contentType: text(headers['content-type']),
      contentEncoding: text(headers['content-encoding']),
      retryAfterMs: status < 300 ? null : retryAfterMs(headers, now),
    };
    this.events.onHead(status, toldLimits(headers, now));
    if (status < 300 && this.isStream) this.openStream(this.head, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isOver || !this.head) return;
    const isFirst = this.bytes === 0;
    this.bytes += chunk.length;
    if (this.head.status > 299) return this.collectRefusal(chunk);
    if (isFirst) this.events.onFirstByte();
    if (this.body) return this.handOn(this.body, chunk, controller);
    if (this.bytes > MAX_ANSWER_BYTES) return this.bad(`sent more than ${MAX_ANSWER_BYTES} bytes`);
    this.parts.push(chunk);
  }

  onResponseEnd(): void {
    if (this.isOver) return;
    if (!this.head) return this.bad('ended its answer before it began'); // nothing but 1xx came, or nothing at all
    if (this.body) return this.endStream(this.body);
    void this.decoded(this.head).then(
      (body) => this.conclude(body),
      () => this.undecodable(),
    );
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.isOver) return;
    const { providerId, timeouts } = this.context;
    // Of a refusal the status alone says enough.
    if (this.head && this.head.status > 299) this.refuse(Buffer.concat(this.parts));
    else this.fail(transportFailure(providerId, error, timeouts));
  }

  /** Proxies like to answer 200 with a page of HTML. */
  private openStream({ status, contentType, contentEncoding }: Head, headers: Headers): void {
    if (contentType !== '' && !/event-?stream/i.test(contentType))
      return this.bad('did not answer with an event stream');
    if (isEncoded(contentEncoding)) return this.bad('compressed an event stream, which was not asked for');
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (body) => void (this.body = body),
        pull: () => {
          if (this.controller?.paused) this.controller.resume();
        },
        cancel: () => this.abandon(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD_BYTES }),
    );
    this.resolve(new Response(stream, { status, headers: plain(headers) }));
  }

  private handOn(
    body: ReadableStreamDefaultController<Uint8Array>,
    chunk: Buffer,
    controller: Dispatcher.DispatchController,
  ): void {
    this.usage.see(chunk);
    body.enqueue(chunk);
    if ((body.desiredSize ?? 0) <= 0) controller.pause();
  }

  private endStream(body: ReadableStreamDefaultController<Uint8Array>): void {
    this.isOver = true;
    body.close();
  }

  private collectRefusal(chunk: Buffer): void {
    this.parts.push(chunk);
    if (this.bytes > MAX_REFUSAL_BYTES) this.refuse(Buffer.concat(this.parts).subarray(0, MAX_REFUSAL_BYTES));
  }

  private decoded({ status, contentEncoding }: Head): Promise<Buffer> {
    const body = Buffer.concat(this.parts);
    this.parts = [];
    const most = status > 299 ? MAX_REFUSAL_BYTES : MAX_ANSWER_BYTES;
    return isEncoded(contentEncoding) ? decodeBody(body, contentEncoding, most) : Promise.resolve(body);
  }

  private conclude(body: Buffer): void {
    if (this.isOver || !this.head) return;
    const { status, contentType } = this.head;
    if (status > 299) return this.refuse(body);
    if (contentType !== '' && !contentType.toLowerCase().includes('json')) {
      return this.bad('sent something else than JSON');
    }
    this.usage.see(body); // should the package make nothing of it, it is paid for all the same
    this.isOver = true;
    this.resolve(new Response(new Uint8Array(body), { status, headers: { 'content-type': 'application/json' } }));
  }

  private undecodable(): void {
    if (this.head && this.head.status > 299) this.refuse(Buffer.alloc(0));
    else this.bad('sent a body that cannot be decompressed');
  }

  private refuse(body: Buffer): void {
    if (!this.head) return;
    const { vendor, providerId, secrets } = this.context;
    const { status, contentType } = this.head;
    const shaped = openaiShaped({ status, contentType, body, retryAfterMs: this.head.retryAfterMs });
    const reply = vendor.refusal?.(shaped) ?? shaped;
    if (reply.status !== status) this.events.onHead(reply.status, null);
    this.fail(refusalFailure(providerId, reply, secrets));
  }

  private bad(what: string): void {
    this.fail(fault('upstream_error', `Provider ${this.context.providerId} ${what}.`));
  }

  private fail(failure: UpstreamFailure): void {
    if (this.isOver) return;
    this.failure = failure;
    this.abandon();
  }

  private breakBody(): void {
    try {
      this.body?.error(ABANDONED);
    } catch {
      // closed already
    }
  }
}

function plain(headers: Headers): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) flat[name] = String(value);
  return flat;
}

const text = (header: string | string[] | undefined): string => (Array.isArray(header) ? header[0] : header) ?? '';
