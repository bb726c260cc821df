import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Node closes a request whose headers take longer, in ms (against clients that send them a byte at a time). */
const HEADERS_TIMEOUT_MS = 30_000;
/** And one whose body takes longer than this, in ms. */
const REQUEST_TIMEOUT_MS = 300_000;
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
  private closing = false;
  private onEmpty: () => void = () => undefined;

  createServer(framework: Listener): Server {
    const options = {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    };
    return createServer(options, (request, response) => {
      this.enter(response);
      if (this.dataPlane !== null && request.url?.startsWith(this.prefix)) this.dataPlane(request, response);
      else framework(request, response);
    });
  }

  serve(prefix: string, dataPlane: Listener): void {
    this.prefix = prefix;
    this.dataPlane = dataPlane;
  }

  /** From now on every response is the last of its connection; resolves once the last request has been answered. */
  drain(): Promise<void> {
    this.closing = true;
    for (const response of this.open) response.shouldKeepAlive = false;
    if (this.open.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.onEmpty = resolve));
  }

  private enter(response: ServerResponse): void {
    if (this.closing) response.shouldKeepAlive = false;
    this.open.add(response);
    response.once('close', () => {
      this.open.delete(response);
      if (this.open.size === 0) this.onEmpty();
    });
  }
}
