import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeClock } from '@relay/testing';
import type { NoticeContent } from '../domain/notice';
import { CHANNELS } from '.';
import { deliver, DELIVERY_TIMEOUT_MS } from './deliver';

const POST = { headers: { 'content-type': 'application/json' }, body: '{}' };
const CONTENT: NoticeContent = {
  event: 'firing',
  alert: {
    ...{ id: 'a', rule: 'errors', kind: 'error-rate', subject: '<!channel>', severity: 'critical', state: 'firing' },
    ...{ scope: { tenant: null, model: null, provider: null }, value: 0.2, peak: 0.2, threshold: 0.1, unit: 'share' },
    ...{
      message: 'error-rate of <!channel>: 20.0%',
      since: '2026-01-01T00:00:00.000Z',
      firedAt: null,
      resolvedAt: null,
    },
  },
};

describe('the delivery to a channel', () => {
  const clock = new FakeClock();
  let server: Server;
  let listener: RequestListener;
  let url: string;

  beforeEach(async () => {
    server = createServer((request, response) => listener(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret-path`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('tells the status of the answer', async () => {
    listener = (_, response) => response.writeHead(204).end();
    expect(await deliver(url, POST, clock)).toEqual({ ok: true, value: 204 });
    listener = (_, response) => response.writeHead(500).end('oops');
    expect(await deliver(url, POST, clock)).toEqual({ ok: false, error: { httpStatus: 500, reason: 'status 500' } });
    expect(clock.pending).toBe(0);
  });

  it('does not follow a redirect', async () => {
    const paths: string[] = [];
    listener = (request, response) => {
      paths.push(request.url ?? '');
      response.writeHead(307, { location: '/elsewhere' }).end();
    };
    const result = await deliver(url, POST, clock);
    expect(result).toMatchObject({
      ok: false,
      error: { httpStatus: 307, reason: expect.stringContaining('redirect') },
    });
    expect(paths).toEqual(['/hook/secret-path']);
  });

  it('waits no longer than its time for one that hangs', async () => {
    const asked = new Promise<IncomingMessage>((resolve) => (listener = (request) => resolve(request)));
    const delivery = deliver(url, POST, clock);
    await asked;
    clock.advance(DELIVERY_TIMEOUT_MS);
    expect(await delivery).toMatchObject({
      ok: false,
      error: { httpStatus: null, reason: 'no answer within 5000 ms' },
    });
  });

  it('does not read an answer without end', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    listener = (_, response) => {
      closed = once(response, 'close');
      response.writeHead(200);
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', write);
      write();
    };
    expect(await deliver(url, POST, clock)).toEqual({ ok: true, value: 200 });
    await closed;
  });

  it('says nothing of the URL when nobody is there', async () => {
    server.close();
    const result = await deliver(url, POST, clock);
    expect(result).toMatchObject({ ok: false, error: { reason: 'cannot be reached (ECONNREFUSED)' } });
    expect(JSON.stringify(result)).not.toContain('secret-path');
  });

  it('signs what is sent, with its time', () => {
    const channel = { id: 'ops', kind: 'webhook', url, secret: 'a secret of the tests' } as const;
    const { headers, body } = CHANNELS.webhook(channel, CONTENT, 'notice-1', 1_767_225_600_999);
    const expected = createHmac('sha256', channel.secret).update(`1767225600.${body}`).digest('hex');
    expect(headers).toMatchObject({ 'x-relay-timestamp': '1767225600', 'x-relay-signature': `sha256=${expected}` });
    expect(JSON.parse(body)).toEqual({ id: 'notice-1', ...CONTENT });
    const unsigned = CHANNELS.webhook({ ...channel, secret: undefined }, CONTENT, 'notice-1', 0);
    expect(unsigned.headers).not.toHaveProperty('x-relay-signature');
  });

  it('gives Slack a text that calls nobody', () => {
    const { body } = CHANNELS.slack({ id: 'team', kind: 'slack', url }, CONTENT, 'notice-1', 0);
    const { text } = JSON.parse(body) as { text: string };
    expect(text).toContain('*FIRING* [critical] errors');
    expect(text).toContain('&lt;!channel&gt;');
  });
});
