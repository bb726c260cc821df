import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '@relay/core';
import { completionJson, ConnectProxy, ScriptedUpstream, testAuthority, testCertificate } from '@relay/testing';
import { fetch } from 'undici';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { call, completed, failed, providerConfig } from '../../testing/call-harness';
import { createOpenaiClient } from '../openai/openai.adapter';
import { dispatcherFor } from './upstream-pool';

const AUTHORITY = { ca: testAuthority() };

describe('the way to a provider', () => {
  const clients: UpstreamClient[] = [];
  const client = (baseUrl: string, more: object = {}): UpstreamClient => {
    const provider = providerConfig({ baseUrl, apiKey: 'secret-key', timeouts: { connectMs: 500 }, ...more });
    const made = createOpenaiClient(provider, systemClock);
    clients.push(made);
    return made;
  };
  afterEach(() => Promise.all(clients.splice(0).map((each) => each.close())));

  describe('over TLS', () => {
    let server: Server;
    let peers: string[];
    const serve = async (options: object = {}): Promise<string> => {
      peers = [];
      server = createServer({ ...testCertificate('server'), ...options }, (request, response) => {
        const { subject } = (request.socket as TLSSocket).getPeerCertificate();
        peers.push(String(subject?.CN));
        request.resume().on('end', () => {
          response.setHeader('content-type', 'application/json').end(JSON.stringify(completionJson('Hi')));
        });
      });
      server.on('tlsClientError', () => undefined);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    };
    afterEach(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });

    it('leads to a server that the given authority signed, and to no other', async () => {
      const url = await serve();
      expect((await completed(call(client(url, { tls: AUTHORITY })))).status).toBe(200);
      const outcome = await failed(call(client(url)));
      expect(outcome).toMatchObject({ retryable: true, error: { code: 'upstream_error' } });
      expect(outcome.error.message).toMatch(/^Provider p showed a certificate that is not accepted \([A-Z_]+\)\.$/);
    });

    it('wants the name in the certificate that the configuration says', async () => {
      const url = await serve();
      await completed(call(client(url, { tls: { ...AUTHORITY, serverName: 'server.test' } })));
      const wrong = await failed(call(client(url, { tls: { ...AUTHORITY, serverName: 'other.test' } })));
      expect(wrong.error.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    });

    it('takes any certificate only if it is told to', async () => {
      const url = await serve();
      await completed(call(client(url, { tls: { insecureSkipVerify: true } })));
    });

    it('shows the certificate of the relay to a server that asks for one', async () => {
      const url = await serve({ ...AUTHORITY, requestCert: true, rejectUnauthorized: true });
      await completed(call(client(url, { tls: { ...AUTHORITY, ...testCertificate('client') } })));
      expect(peers).toEqual(['client.test']);
      expect(await failed(call(client(url, { tls: AUTHORITY })))).toMatchObject({ error: { code: 'upstream_error' } });
    });

    it('goes through a proxy, which sees neither key nor prompt', async () => {
      const url = await serve();
      const proxy = await ConnectProxy.start();
      const through = client(url, { tls: AUTHORITY, proxy: `http://me:pa%20ss@${proxy.host}` });
      await completed(call(through));
      await setImmediate(); // undici takes the connection for free a little later than it ends the body
      await completed(call(through));
      const authorization = `Basic ${Buffer.from('me:pa ss').toString('base64')}`;
      expect(proxy.asked).toEqual([{ authority: new URL(url).host, authorization }]); // one tunnel, kept alive
      await proxy.close();
    });

    it('is found by a fetch of undici as well, with the same authority', async () => {
      const url = await serve();
      const dispatcher = dispatcherFor(providerConfig({ baseUrl: url, tls: AUTHORITY }), systemClock);
      const reply = await fetch(`${url}/chat/completions`, { method: 'POST', body: '{}', dispatcher });
      expect(await reply.json()).toMatchObject({ object: 'chat.completion' });
      await dispatcher.close();
    });
  });

  describe('through a proxy', () => {
    let proxy: ConnectProxy;
    let upstream: ScriptedUpstream;
    beforeEach(async () => {
      proxy = await ConnectProxy.start();
      upstream = await ScriptedUpstream.start();
    });
    afterEach(() => Promise.all([proxy.close(), upstream.close()]));
    const through = (): UpstreamClient => client(upstream.baseUrl, { proxy: `http://${proxy.host}` });

    it('is a tunnel also for a server without TLS, which sees nothing of it', async () => {
      await completed(call(through()));
      expect(proxy.asked).toEqual([{ authority: new URL(upstream.baseUrl).host, authorization: undefined }]);
      expect(Object.keys(upstream.requests[0]?.headers ?? {})).not.toContainEqual(expect.stringMatching(/^proxy/));
    });

    it('fails as such, without the address of the proxy, when it opens no way', async () => {
      proxy.refusesWith = 407;
      const outcome = await failed(call(through()));
      expect(outcome).toMatchObject({ retryable: true, upstreamStatus: null });
      expect(outcome.error.message).toBe('Provider p could not be reached: its proxy did not open a way.');
      const nowhere = through();
      await proxy.close();
      expect((await failed(call(nowhere))).error.message).toContain('its proxy did not open a way');
      proxy = await ConnectProxy.start();
    });

    it('is given up when the proxy says nothing in the time to connect', async () => {
      proxy.isSilent = true;
      expect((await failed(call(through()))).error.message).toContain('its proxy did not open a way');
    });

    it('is left out where the provider says so', async () => {
      await completed(call(client(upstream.baseUrl, { proxy: 'none' })));
      expect(proxy.asked).toEqual([]);
    });
  });
});
