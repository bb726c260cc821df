import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ServerTls } from '@relay/config';
import { LiveBag, turnEnd } from '@relay/core';
import {
  type DoorRefusal,
  NO_HOST,
  NO_TUNNEL,
  refusalOfBroken,
  refusalText,
  sendRefusal,
  UNMET_EXPECTATION,
} from './door-refusal';
import { tlsOptionsOf } from './server-certificate';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** What a client may take and take up. */
export interface DoorLimits {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly handshakeMs: number;
  readonly checkEveryMs: number;
  readonly headerBytes: number;
  readonly connections: number;
}

const LIMITS: DoorLimits = {
  headersMs: 30_000, // for all headers (against clients that send them a byte at a time)
  requestMs: 300_000, // for headers and body
  handshakeMs: 10_000, // TLS
  checkEveryMs: 5_000, // how often the two above are looked at
  headerBytes: 16_384, // request line and headers together; Node's default, said here
  connections: 16_384, // of this process; one more is closed at once
};
/** Sent ahead of their answers on one connection; with more the connection ends: each takes memory, and nobody reads ahead for so long. */
const MAX_AHEAD = 512;
/** Longer than the idle time of common load balancers (60 s), so that it is they who close. */
const KEEP_ALIVE_MS = 75_000;
/** What stands before the path where a request's target is a whole URL. */
const AUTHORITY = /^https?:\/\/[^/?#]+/i;

/**
 * One port for both planes: requests under the data plane's prefix go straight to it, the others to the framework. It
 * knows every request from its first header to the close of its response, which is what an orderly stop has to wait for.
 */
export class FrontDoor {
  private prefix = '';
  private dataPlane: Listener | null = null;
  private readonly open = new LiveBag<ServerResponse>();
  /** The same by connection: where requests are sent ahead of their answers, one has several. */
  private readonly openOn = new WeakMap<Duplex, ServerResponse[]>();
  private closing = false;
  private onEmpty: () => void = () => undefined;

  constructor(
    private readonly tls: ServerTls | null = null,
    private readonly limits: DoorLimits = LIMITS,
  ) {}

  createServer(framework: Listener): Server {
    const { headersMs, requestMs, handshakeMs, checkEveryMs, headerBytes, connections } = this.limits;
    const options = {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkEveryMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: headerBytes,
      requireHostHeader: false, // it is looked at here: Node would refuse it without a word
    };
    const listener: Listener = (request, response) => {
      delete request.headers.expect; // of HTTP/1.0, which knows none: nobody waits for a word
      this.receive(request, response, framework);
    };
    const server = this.tls
      ? createSecureServer({ ...options, ...tlsOptionsOf(this.tls), handshakeTimeout: handshakeMs }, listener)
      : createServer(options, listener);
    server.maxConnections = connections;
    server.maxHeadersCount = 0; // their bytes are bounded; Node would drop those after the thousandth, `host` and the key too
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
      this.receive(request, response, framework),
    );
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      this.enter(request.socket, response);
      sendRefusal(response, UNMET_EXPECTATION);
    });
    server.on('connect', ({ headers }: IncomingMessage, socket: Duplex) => this.hangUp(socket, NO_TUNNEL, headers));
    return server;
  }

  serve(prefix: string, dataPlane: Listener): void {
    this.prefix = prefix;
    this.dataPlane = dataPlane;
  }

  /** What came is no request, or came too slowly: it is told so, unless an answer is on its way already. */
  readonly refuseBroken = (error: Error, socket: Duplex): void =>
    this.hangUp(socket, refusalOfBroken(error, this.limits.headerBytes));

  /**
   * From now on the newest response is the last of its connection, so that those before it leave as well, unless its head has left and says that
   * there is more to come; resolves once the last request has been answered.
   */
  drain(): Promise<void> {
    this.closing = true;
    for (const response of this.open) {
      const isNewest = this.openOn.get(response.req.socket)?.at(-1) === response;
      if (isNewest && !response.headersSent) response.shouldKeepAlive = false;
    }
    if (this.open.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.onEmpty = resolve));
  }

  private receive(request: IncomingMessage, response: ServerResponse, framework: Listener): void {
    if (!this.enter(request.socket, response)) return;
    if (request.headers.host === undefined && request.httpVersion === '1.1') return sendRefusal(response, NO_HOST);
    const url = request.url ?? '';
    if (!url.startsWith('/')) request.url = pathOf(url);
    if (this.dataPlane !== null && request.url?.startsWith(this.prefix)) return this.dataPlane(request, response);
    if (request.headers.expect !== undefined) response.writeContinue(); // the data plane does when it knows the key
    framework(request, response);
  }

  private hangUp(socket: Duplex, refusal: DoorRefusal, asked?: IncomingHttpHeaders): void {
    socket.on('error', () => undefined); // Node listens no more where it hands a connection over
    turnEnd.run(); // an answer of this turn may be on its way
    if (!this.isAnswering(socket) && socket.writable) socket.write(refusalText(refusal, asked));
    socket.destroy();
  }

  /** What is written now would be taken for the answer of a request that came whole. */
  private isAnswering(socket: Duplex): boolean {
    for (const response of this.openOn.get(socket) ?? [])
      if (response.socket === socket && (response.headersSent || response.req.complete)) return true;
    return false;
  }

  /** False: the answer before it is the last of the connection, so it must not be begun (RFC 9112, 9.6). */
  private enter(socket: Duplex, response: ServerResponse): boolean {
    const onSocket = this.openOn.get(socket) ?? this.watch(socket);
    const before = onSocket.at(-1);
    this.hold(response, onSocket);
    if (onSocket.length > MAX_AHEAD) {
      socket.destroy();
      return false;
    }
    if (this.closing) response.shouldKeepAlive = false;
    return before?.shouldKeepAlive !== false;
  }

  private watch(socket: Duplex): ServerResponse[] {
    const onSocket: ServerResponse[] = [];
    this.openOn.set(socket, onSocket);
    socket.once('close', () => onSocket.slice().forEach(closeQueued));
    return onSocket;
  }

  private hold(response: ServerResponse, onSocket: ServerResponse[]): void {
    onSocket.push(response);
    const number = this.open.add(response);
    response.once('close', () => {
      this.open.delete(number);
      onSocket.splice(onSocket.indexOf(response), 1);
      if (this.open.size === 0) this.onEmpty();
    });
  }
}

/**
 * Node tells only the response that holds the connection that it is closed: those behind it would stay open for ever, and with them all that
 * waits for their `close`. Nothing that was said on them has left.
 */
function closeQueued(response: ServerResponse): void {
  if (response.socket !== null) return;
  response.destroy();
  response.emit('close');
}

/** A server has to take a whole URL as well (RFC 9112, 3.2.2); nothing here goes by its authority. */
function pathOf(target: string): string {
  const path = target.replace(AUTHORITY, '');
  return path === target || path.startsWith('/') ? path : `/${path}`;
}
