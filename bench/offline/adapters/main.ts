import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Wire, WIRES, type WireName } from './wires';

/** Between two chunks, in ms: each comes by itself, as those of a model do. */
const GAP_MS = 4;

const isName = (name: string): name is WireName => name in WIRES;

/** Plays all vendors in a process of its own: what it costs is not measured. */
const server = createServer({ noDelay: true }, (request, response) => {
  const name = request.url?.split('/')[1] ?? '';
  request.resume().on('end', () => {
    if (isName(name)) play(WIRES[name], response);
    else response.writeHead(404).end();
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());

function play({ contentType, chunks }: Wire, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': contentType });
  let at = 0;
  const timer = setInterval(() => {
    const chunk = chunks[at++];
    if (chunk !== undefined && !response.destroyed) return void response.write(chunk);
    clearInterval(timer);
    response.end();
  }, GAP_MS);
}
