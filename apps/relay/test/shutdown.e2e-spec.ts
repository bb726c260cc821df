import { Agent, request } from 'node:http';
import {
  completionJson,
  deltaFrame,
  doneFrame,
  Gate,
  gatedReply,
  jsonReply,
  ScriptedUpstream,
  sseReply,
} from '@relay/testing';
import { RelayProcess } from './relay-process';
import { ACME_KEY, ask, testConfig } from './test-config';

const CLIENTS = 4;

describe('a stop in order', () => {
  let upstream: ScriptedUpstream;
  beforeEach(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => upstream.close());

  it('lets running requests finish, streams too, and exits with 0', async () => {
    const relay = await RelayProcess.start({ config: testConfig(upstream) });
    const gate = new Gate();
    upstream.enqueue(
      sseReply([deltaFrame({ content: 'begun' }), gate, deltaFrame({}, 'stop'), doneFrame()]),
      gatedReply(gate, jsonReply(completionJson('whole'))),
    );
    const stream = relay.post(ACME_KEY, ask('stream', { stream: true }));
    await upstream.request(1);
    const whole = relay.post(ACME_KEY, ask('whole'));
    await upstream.request(2);
    const stopped = relay.kill('SIGTERM');
    gate.open();
    expect(await (await stream).text()).toMatch(/begun.*\[DONE\]\n\n$/s);
    expect((await whole).status).toBe(200);
    await stopped;
    expect(relay.exitCode).toBe(0);
    await relay.close();
  }, 90_000);

  it('tells a client that it is stopping when a request takes too long', async () => {
    const config = testConfig(upstream, { server: { shutdownTimeoutMs: 300 } });
    const relay = await RelayProcess.start({ config });
    upstream.enqueue(gatedReply(new Gate(), jsonReply(completionJson('never'))));
    const waiting = relay.post(ACME_KEY, ask('takes too long'));
    await upstream.request(1);
    await relay.kill('SIGTERM');
    const reply = await waiting;
    expect(reply.status).toBe(503);
    expect(await reply.json()).toMatchObject({
      error: { code: 'unavailable', message: 'The relay is shutting down.' },
    });
    expect(relay.exitCode).toBe(0);
    await relay.close();
  }, 90_000);

  it('cuts off no busy keep-alive connection in the middle of an exchange', async () => {
    const relay = await RelayProcess.start({ config: testConfig(upstream) });
    const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
    const outcomes: string[] = [];
    let stopping = false;

    /** One exchange on a kept-alive connection; a refused new connection after the stop began is in order. */
    const exchange = (body: string): Promise<string> =>
      new Promise((resolve) => {
        const call = request(`${relay.url}/v1/chat/completions`, {
          method: 'POST',
          agent,
          headers: { authorization: `Bearer ${ACME_KEY}`, 'content-length': Buffer.byteLength(body) },
        });
        call.on('response', (response) => {
          response.on('end', () => resolve(response.complete ? String(response.statusCode) : 'cut'));
          response.resume();
        });
        call.on('error', (error: NodeJS.ErrnoException) => {
          const idle = call.reusedSocket && error.code === 'ECONNRESET'; // closed while idle: any client tries again
          resolve(stopping && (error.code === 'ECONNREFUSED' || idle) ? 'gone' : (error.code ?? 'error'));
        });
        call.end(body);
      });
    const client = async (number: number): Promise<void> => {
      for (let i = 0; ; i++) {
        const outcome = await exchange(JSON.stringify(ask(`client ${number} request ${i}`)));
        outcomes.push(outcome);
        if (outcome === 'gone') return;
        if (i === 20 && !stopping) {
          stopping = true;
          void relay.kill('SIGTERM');
        }
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
    expect(outcomes.filter((outcome) => outcome !== '200' && outcome !== 'gone')).toEqual([]);
    await relay.exited();
    expect(relay.exitCode).toBe(0);
    await relay.close();
  }, 90_000);
});
