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
    const listener: Listener = (request, response) => this.receive(request, response, framework);
    const server = this.tls
      ? createSecureServer({ ...options, ...tlsOptionsOf(this.tls), handshakeTimeout: handshakeMs }, listener)
      : createServer(options, listener);
    server.maxConnections = connections;
    server.maxHeadersCount = 0; // their bytes are bounded; Node would drop those after the thousandth, `host` and the key too
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

  /** From now on every response is the last of its connection; resolves once the last request has been answered. */
  drain(): Promise<void> {
    this.closing = true;
    for (const response of this.open) response.shouldKeepAlive = false;
    if (this.open.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.onEmpty = resolve));
  }

  private receive(request: IncomingMessage, response: ServerResponse, framework: Listener): void {
    this.enter(request.socket, response);
    if (request.headers.host === undefined && request.httpVersion === '1.1') return sendRefusal(response, NO_HOST);
    const url = request.url ?? '';
    if (!url.startsWith('/')) request.url = pathOf(url);
    if (this.dataPlane !== null && request.url?.startsWith(this.prefix)) this.dataPlane(request, response);
    else framework(request, response);
  }

  private hangUp(socket: Duplex, refusal: DoorRefusal, asked?: IncomingHttpHeaders): void {
    socket.on('error', () => undefined); // Node listens no more where it hands a connection over
    turnEnd.run(); // an answer of this turn may be on its way
    if (!this.isAnswering(socket) && socket.writable) socket.write(refusalText(refusal, asked));
    socket.destroy();
  }

  private isAnswering(socket: Duplex): boolean {
    for (const response of this.openOn.get(socket) ?? [])
      if (response.socket === socket && response.headersSent) return true;
    return false;
  }

  private enter(socket: Duplex, response: ServerResponse): void {
    if (this.closing) response.shouldKeepAlive = false;
    let onSocket = this.openOn.get(socket);
    if (!onSocket) this.openOn.set(socket, (onSocket = []));
    onSocket.push(response);
    const number = this.open.add(response);
    response.once('close', () => {
      this.open.delete(number);
      onSocket.splice(onSocket.indexOf(response), 1);
      if (this.open.size === 0) this.onEmpty();
    });
  }
}

/** A server has to take a whole URL as well (RFC 9112, 3.2.2); nothing here goes by its authority. */
function pathOf(target: string): string {
  const path = target.replace(AUTHORITY, '');
  return path === target || path.startsWith('/') ? path : `/${path}`;
}
