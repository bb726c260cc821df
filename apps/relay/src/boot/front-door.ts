import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ServerTls } from '@relay/config';
import { refusalOfBroken } from './broken-request';
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

/**
 * One port for both planes: requests under the data plane's prefix go straight to it, the others to the framework. It
 * knows every request from its first header to the close of its response, which is what an orderly stop has to wait for.
 */
export class FrontDoor {
  private prefix = '';
  private dataPlane: Listener | null = null;
  private readonly open = new Set<ServerResponse>();
  /** The same by connection: where requests are sent ahead of their answers, one has several. */
  private readonly openOn = new WeakMap<Duplex, Set<ServerResponse>>();
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
    };
    const listener: Listener = (request, response) => {
      this.enter(request.socket, response);
      if (this.dataPlane !== null && request.url?.startsWith(this.prefix)) this.dataPlane(request, response);
      else framework(request, response);
    };
    const server = this.tls
      ? createSecureServer({ ...options, ...tlsOptionsOf(this.tls), handshakeTimeout: handshakeMs }, listener)
      : createServer(options, listener);
    server.maxConnections = connections;
    return server;
  }

  serve(prefix: string, dataPlane: Listener): void {
    this.prefix = prefix;
    this.dataPlane = dataPlane;
  }

  /** What came is no request, or came too slowly: it is told so, unless an answer is on its way already. */
  readonly refuseBroken = (error: Error, socket: Duplex): void => {
    if (!this.isAnswering(socket) && socket.writable) socket.write(refusalOfBroken(error, this.limits.headerBytes));
    socket.destroy();
  };

  /** From now on every response is the last of its connection; resolves once the last request has been answered. */
  drain(): Promise<void> {
    this.closing = true;
    for (const response of this.open) response.shouldKeepAlive = false;
    if (this.open.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.onEmpty = resolve));
  }

  private isAnswering(socket: Duplex): boolean {
    for (const response of this.openOn.get(socket) ?? [])
      if (response.socket === socket && response.headersSent) return true;
    return false;
  }

  private enter(socket: Duplex, response: ServerResponse): void {
    if (this.closing) response.shouldKeepAlive = false;
    let onSocket = this.openOn.get(socket);
    if (!onSocket) this.openOn.set(socket, (onSocket = new Set()));
    onSocket.add(response);
    this.open.add(response);
    response.once('close', () => {
      this.open.delete(response);
      onSocket.delete(response);
      if (this.open.size === 0) this.onEmpty();
    });
  }
}
