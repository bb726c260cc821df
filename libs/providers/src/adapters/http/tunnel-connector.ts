import { request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { PROXY_FAILED } from './transport-failure';

interface TunnelOptions {
  /** Connects to the proxy itself. */
  readonly toProxy: buildConnector.connector;
  /** For the connection inside the tunnel. */
  readonly options: buildConnector.BuildOptions & { readonly timeout: number };
}

/** Connects to an origin through a proxy that takes CONNECT (RFC 9110, 9.3.6), also where the origin speaks plain HTTP. */
export function tunnelConnector(proxy: URL, { toProxy, options }: TunnelOptions): buildConnector.connector {
  const secure = buildConnector({ ...options, allowH2: false });
  const authorization = proxyAuthorization(proxy);
  const proxyAddress = {
    protocol: proxy.protocol,
    hostname: proxy.hostname,
    host: proxy.host,
    port: proxy.port || (proxy.protocol === 'https:' ? '443' : '80'),
  };
  return (target, callback) => {
    const authority = `${target.hostname}:${target.port || (target.protocol === 'https:' ? '443' : '80')}`;
    toProxy(proxyAddress, (error, socket) => {
      if (error) return callback(proxyFailure(error), null);
      openTunnel(socket, { authority, authorization, timeoutMs: options.timeout }, (failure, tunnel) => {
        if (failure) return callback(failure, null);
        if (target.protocol !== 'https:') return callback(null, tunnel);
        secure({ ...target, httpSocket: tunnel }, callback);
      });
    });
  };
}

interface TunnelRequest {
  readonly authority: string;
  readonly authorization: string | null;
  readonly timeoutMs: number;
}

type TunnelCallback = (...result: [null, Socket] | [Error, null]) => void;

/** Asks the proxy for the way on; calls back once. */
function openTunnel(
  socket: Socket,
  { authority, authorization, timeoutMs }: TunnelRequest,
  done: TunnelCallback,
): void {
  const request = httpRequest({
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(authorization === null ? {} : { 'proxy-authorization': authorization }) },
    createConnection: () => socket,
  });
  request.setTimeout(timeoutMs); // as an option it would be the business of whoever made the socket
  let isDone = false;
  const end: TunnelCallback = (...result) => {
    if (isDone) return;
    isDone = true;
    if (result[0]) socket.destroy();
    done(...result);
  };
  request.once('connect', ({ statusCode = 0 }, tunnel: Duplex, head: Buffer) => {
    if (statusCode < 200 || statusCode > 299) return end(proxyFailure(`it answered ${statusCode}`), null);
    if (!(tunnel instanceof Socket)) return end(proxyFailure('no socket'), null);
    tunnel.setTimeout(0);
    if (head.length > 0) tunnel.unshift(head);
    end(null, tunnel);
  });
  request.once('response', ({ statusCode }) => end(proxyFailure(`it answered ${statusCode ?? 'nothing'}`), null));
  request.once('timeout', () => end(proxyFailure('it did not answer in time'), null));
  request.on('error', (error) => end(proxyFailure(error), null));
  request.end();
}

function proxyAuthorization({ username, password }: URL): string | null {
  if (username === '') return null;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** Told apart from a failure of the provider; the address of the proxy stays out of the message. */
function proxyFailure(cause: unknown): Error {
  return Object.assign(new Error('the proxy did not open a way to the provider', { cause }), { code: PROXY_FAILED });
}
