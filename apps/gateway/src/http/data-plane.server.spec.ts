import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { ApiKeyAuthenticator } from '@relay/auth';
import type { ConfigStore } from '@relay/config';
import { type Principal, RelayError, systemClock } from '@relay/core';
import type { CompletionService } from '@relay/pipeline';
import type { Arrival } from './arrival';
import { DataPlaneServer } from './data-plane.server';

const JSON_TYPE = 'content-type: application/json\r\n';
const PRINCIPAL = {} as Principal;

/** Each of these once on the way past Fastify and once through it, where a query leads. */
describe.each([
  ['past Fastify', '/v1/chat/completions'],
  ['through Fastify', '/v1/chat/completions?way=fastify'],
])('the data plane, %s,', (_way, path) => {
  let server: Server;
  let authenticate: () => Principal | RelayError | Promise<Principal>;
  let turnsAway: () => null | Promise<null>;
  let refused: () => void;
  const served: string[] = [];

  beforeEach(async () => {
    served.length = 0;
    authenticate = () => PRINCIPAL;
    turnsAway = () => null;
    refused = () => undefined;
    const nothing = { define: () => undefined, mount: () => undefined };
    const answer = (arrival: Arrival): void => {
      served.push(String(arrival.body));
      arrival.reply.send(200, ['content-length', '0'], Buffer.alloc(0));
    };
    const refuse = ({ reply }: Arrival, { code }: RelayError): void => {
      refused();
      reply.send(code === 'internal_error' ? 500 : 401, ['content-length', '0'], Buffer.alloc(0));
    };
    const completions = { refuse, refuseCounted: refuse, turnsAway: () => turnsAway(), admits: () => turnsAway() };
    const inference = {
      serve: (arrival: Arrival, body: Buffer) => answer(Object.assign(arrival, { body })),
      complete: ({ arrival, body }: { arrival: Arrival; body: Buffer }, reply: { hijack: () => void }): void => {
        reply.hijack();
        answer(Object.assign(arrival, { body }));
      },
    };
    const config = { current: { server: { bodyLimitBytes: 1_000 } }, source: '', register: () => undefined };
    const plane = new DataPlaneServer(
      config as unknown as ConfigStore,
      { authenticate: () => authenticate() } as unknown as ApiKeyAuthenticator,
      completions as unknown as CompletionService,
      inference as never,
      nothing as never,
      nothing as never,
      nothing as never,
      nothing as never,
      nothing as never,
      systemClock,
    );
    const listener = await plane.listener();
    server = createServer(listener).on('checkContinue', listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => server.close());

  /** Everything that comes until the connection ends; after `cue` was seen, `more` is sent. */
  async function said(text: string, cue?: string, more = ''): Promise<string> {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write(text);
    let heard = '';
    let left = cue === undefined ? null : cue;
    for await (const bytes of client) {
      heard += String(bytes);
      if (left === null || !heard.includes(left)) continue;
      left = null;
      client.write(more);
    }
    return heard;
  }
  const post = (headers: string, body = ''): string =>
    `POST ${path} HTTP/1.1\r\nhost: a\r\n${JSON_TYPE}${headers}\r\n${body}`;

  it('asks for a body that waits to be asked for', async () => {
    const waiting = post('expect: 100-continue\r\nconnection: close\r\ncontent-length: 2\r\n');
    expect(await said(waiting, '100 Continue', '{}')).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    expect(served).toEqual(['{}']);
  });

  it('does not ask for the body of who is turned away, and ends the connection on which it may still come', async () => {
    authenticate = () => new RelayError('invalid_api_key', 'no');
    const waiting = post('expect: 100-continue\r\ncontent-length: 2\r\n');
    expect(await said(waiting)).toMatch(/^HTTP\/1\.1 401 [^]*connection: close/i);
  });

  it('keeps the connection of who is turned away and has no body', async () => {
    authenticate = () => new RelayError('invalid_api_key', 'no');
    const heard = await said(post('') + post('connection: close\r\n'));
    expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 401']);
  });

  const broken = (): never => {
    throw new Error('a bug');
  };

  it('answers 500 when the look-up of a key throws', async () => {
    authenticate = broken;
    expect(await said(post('connection: close\r\n'))).toMatch(/^HTTP\/1\.1 500 /);
  });

  it('answers 500 when what follows a look-up throws', async () => {
    authenticate = async () => PRINCIPAL;
    turnsAway = broken;
    expect(await said(post('connection: close\r\n'))).toMatch(/^HTTP\/1\.1 500 /);
  });

  it('hangs up when the refusal throws as well, whatever it was waited for', async () => {
    refused = broken;
    authenticate = broken;
    expect(await said(post(''))).toBe('');
    authenticate = () => Promise.reject(new Error('away'));
    expect(await said(post(''))).toBe('');
    authenticate = () => PRINCIPAL;
    turnsAway = async () => broken();
    expect(await said(post(''))).toBe('');
  });
});
