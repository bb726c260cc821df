import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { completionJson, streamFrames } from './chat-fixtures';
import { Gate } from './gate';
import { type BodyStep, jsonReply, sseReply, type UpstreamScript } from './upstream-script';

/** A request as the upstream received it. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawBody: Buffer;
  /** The body as JSON; throws if it is none. */
  json(): Record<string, unknown>;
  /** The caller went away before it had the whole reply. */
  readonly isAborted: boolean;
  /** Resolves when the caller went away before it had the whole reply. */
  readonly aborted: Promise<void>;
  /** Resolves when the reply was written in full or the connection is gone. */
  readonly finished: Promise<void>;
}

export type ScriptHandler = (request: RecordedRequest) => UpstreamScript;

/** Answers any chat request: JSON or, when asked, a stream of three words. */
const ordinaryAnswer: ScriptHandler = (request) => {
  if (request.method === 'GET') return jsonReply({ object: 'list', data: [{ id: 'mock-model', object: 'model' }] });
  const body = request.json();
  if (body['stream'] !== true) return jsonReply(completionJson('Hello from upstream'));
  const options = body['stream_options'] as { include_usage?: boolean } | null | undefined;
  return sseReply(streamFrames(['Hello', ' from', ' upstream'], options?.include_usage ? {} : { usage: null }));
};

/**
 * A real HTTP server on 127.0.0.1 that speaks the OpenAI protocol as scripted: queued scripts are used up first, one a request,
 * then the handler answers.
 *
 *     const upstream = await ScriptedUpstream.start();
 *     const gate = new Gate();
 *     upstream.enqueue(sseReply([deltaFrame({ content: 'a' }), gate, doneFrame()]));
 *     ... upstream.baseUrl ... await gate.reached ... gate.open() ...
 *     await upstream.close();
 */
export class ScriptedUpstream {
  readonly requests: RecordedRequest[] = [];
  private readonly scripts: UpstreamScript[] = [];
  private readonly waiters: { count: number; resolve: () => void }[] = [];
  private handler: ScriptHandler = ordinaryAnswer;
  private port = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (message: IncomingMessage, response: ServerResponse) => void this.serve(message, response));
    server.keepAliveTimeout = 60_000;
  }

  static async start(handler?: ScriptHandler): Promise<ScriptedUpstream> {
    const upstream = new ScriptedUpstream(createServer({ noDelay: true }));
    if (handler) upstream.handler = handler;
    await upstream.acceptConnections();
    return upstream;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What goes into `baseUrl` of a provider. */
  get baseUrl(): string {
    return `${this.origin}/v1`;
  }

  /** The next requests follow these scripts, one each, in this order. */
  enqueue(...scripts: readonly UpstreamScript[]): void {
    this.scripts.push(...scripts);
  }

  /** What answers when no script is queued. */
  respondWith(handler: ScriptHandler): void {
    this.handler = handler;
  }

  /** Waits until `count` requests have arrived in all and gives the last of them. */
  async request(count = 1): Promise<RecordedRequest> {
    if (this.requests.length < count) await new Promise<void>((resolve) => this.waiters.push({ count, resolve }));
    const request = this.requests[count - 1];
    if (!request) throw new Error(`request ${count} did not arrive`);
    return request;
  }

  /** Cuts every connection and listens no more: the next connection is refused. */
  async refuseConnections(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  /** Listens again, on the same port. */
  async acceptConnections(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return this.refuseConnections();
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(message);
    if (body === null) return;
    const request = record(message, response, body);
    const script = this.scripts.shift();
    this.requests.push(request);
    for (const waiter of this.waiters.splice(0)) {
      if (waiter.count <= this.requests.length) waiter.resolve();
      else this.waiters.push(waiter);
    }
    await perform(script ?? this.handler(request), response);
  }
}

/** The whole body, or null when the caller left before it was sent. */
async function readBody(message: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  try {
    for await (const part of message) parts.push(part as Buffer);
  } catch {
    return null;
  }
  return Buffer.concat(parts);
}

function record(message: IncomingMessage, response: ServerResponse, rawBody: Buffer): RecordedRequest {
  let isAborted = false;
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  const aborted = new Promise<void>((resolve) => {
    response.once('close', () => {
      if (response.writableFinished || cutByScript.has(response)) return;
      isAborted = true;
      resolve();
    });
  });
  return {
    method: message.method ?? '',
    path: message.url ?? '',
    headers: message.headers,
    rawBody,
    json: () => JSON.parse(rawBody.toString('utf8')) as Record<string, unknown>,
    get isAborted() {
      return isAborted;
    },
    aborted,
    finished: closed,
  };
}

/** Replies that the script itself broke off: their end is no abort by the caller. */
const cutByScript = new WeakSet<ServerResponse>();

async function perform(script: UpstreamScript, response: ServerResponse): Promise<void> {
  switch (script.kind) {
    case 'reset':
      return cut(response);
    case 'silent':
      return;
    case 'reply': {
      await script.gate?.pass();
      if (response.destroyed) return;
      response.writeHead(script.status, script.headers);
      for (const step of script.steps) {
        if (!(await performStep(step, response))) return;
      }
      response.end();
      return;
    }
    default: {
      const unknown: never = script;
      throw new Error(`unknown script ${JSON.stringify(unknown)}`);
    }
  }
}

/** False when the reply is over. */
async function performStep(step: BodyStep, response: ServerResponse): Promise<boolean> {
  if (response.destroyed) return false;
  if (step === 'STALL') {
    response.flushHeaders();
    return false;
  }
  if (step === 'CUT') {
    cut(response);
    return false;
  }
  if (step instanceof Gate) {
    response.flushHeaders();
    await step.pass();
    return !response.destroyed;
  }
  if (!response.write(step)) await drained(response);
  return !response.destroyed;
}

/** What was written so far still leaves, then the connection is gone without a proper end. */
function cut(response: ServerResponse): void {
  cutByScript.add(response);
  response.socket?.end(() => response.socket?.destroy());
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
