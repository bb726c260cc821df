import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A real proxy on 127.0.0.1 that takes CONNECT, and notes who asked for what. */
export class ConnectProxy {
  readonly asked: { readonly authority: string; readonly authorization: string | undefined }[] = [];
  /** Instead of a way on: this status. */
  refusesWith: number | null = null;
  /** Takes connections and says nothing. */
  isSilent = false;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.watch(socket));
    server.on('connect', (request: IncomingMessage, socket: Socket) => this.open(request, socket));
  }

  static async start(): Promise<ConnectProxy> {
    const server = createServer((_request, response) => response.writeHead(405).end());
    const proxy = new ConnectProxy(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private open({ url = '', headers }: IncomingMessage, socket: Socket): void {
    this.asked.push({ authority: url, authorization: headers['proxy-authorization'] });
    if (this.isSilent) return;
    if (this.refusesWith !== null) return void socket.end(`HTTP/1.1 ${this.refusesWith} No\r\n\r\n`);
    const { hostname, port } = new URL(`http://${url}`);
    const target = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(target).pipe(socket);
    });
    this.watch(target);
    socket.on('close', () => target.destroy());
    target.on('close', () => socket.destroy());
  }

  private watch(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.sockets.delete(socket));
  }
}
