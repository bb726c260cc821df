import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Node closes a request whose headers take longer, in ms (against clients that send them a byte at a time). */
const HEADERS_TIMEOUT_MS = 30_000;
/** And one whose body takes longer than this, in ms. */
const REQUEST_TIMEOUT_MS = 300_000;
/** Longer than the idle time of common load balancers (60 s), so that it is they who close. */
const KEEP_ALIVE_MS = 75_000;

/** One port for both planes: requests under the data plane's prefix go straight to it, the others to the framework. */
export class FrontDoor {
  private prefix = '';
  private dataPlane: Listener | null = null;

  createServer(framework: Listener): Server {
    const options = {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    };
    return createServer(options, (request, response) => {
      if (this.dataPlane !== null && request.url?.startsWith(this.prefix)) this.dataPlane(request, response);
      else framework(request, response);
    });
  }

  open(prefix: string, dataPlane: Listener): void {
    this.prefix = prefix;
    this.dataPlane = dataPlane;
  }
}
