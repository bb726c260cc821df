import { once } from 'node:events';
import { get, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FilesService } from '@relay/batches';
import { ok, type CancelSignal, type Principal } from '@relay/core';
import type { CompletionService } from '@relay/pipeline';
import { FakeClock, Gate } from '@relay/testing';
import { fastify, type FastifyInstance } from 'fastify';
import { Arrival } from '../arrival';
import { InFlight } from '../in-flight';
import { NodeReply } from '../node-reply';
import { FilesController } from './files.controller';

describe('a download', () => {
  let server: FastifyInstance;
  let response: ServerResponse;
  let lookUp: Gate;
  let sent: Promise<CancelSignal>;

  beforeEach(async () => {
    lookUp = new Gate();
    const file = { id: 'file-1', bytes: 3 };
    const find = () => lookUp.pass().then(() => ok(file));
    const files = { find, content: () => [] } as unknown as FilesService;
    let tell: (gone: CancelSignal) => void;
    sent = new Promise((resolve) => (tell = resolve));
    const answerBytes = (_exchange: unknown, _content: unknown, gone: CancelSignal) => Promise.resolve(tell(gone));
    server = fastify();
    server.decorateRequest('arrival', null);
    server.addHook('onRequest', (request, reply, done) => {
      response = reply.raw;
      const [clock, { headers }] = [new FakeClock(), request.raw];
      request.arrival = new Arrival(null, '', 'r', 't', 0, 0, headers, new NodeReply(response, clock));
      request.arrival.principal = { tenant: { id: 'acme' } } as Principal;
      done();
    });
    new FilesController(files, { answerBytes } as unknown as CompletionService, new InFlight()).define(server);
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => server.close());

  it('ends for a client that leaves while its file is looked up', async () => {
    const { port } = server.server.address() as AddressInfo;
    const request = get({ port, host: '127.0.0.1', path: '/v1/files/file-1/content' }).on('error', () => undefined);
    await lookUp.reached;
    const closed = once(response, 'close');
    request.destroy();
    await closed;
    lookUp.open();
    expect((await sent).aborted).toBe(true);
  });
});
