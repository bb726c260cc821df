import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { ConfigStore } from '@relay/config';
import type { CancelSignal, Principal } from '@relay/core';
import type { CompletionService, Exchange } from '@relay/pipeline';
import { FakeClock } from '@relay/testing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Arrival } from './arrival';
import { InferenceController } from './inference.controller';
import { InFlight } from './in-flight';
import { NodeReply } from './node-reply';
import type { ResponseDoor } from './responses/response-door';

const PRINCIPAL = { tenant: { id: 't' }, keyId: 'k' } as Principal;

/** What the controller does with one request, whose pipeline never ends. */
function begin(response: ServerResponse): { signal: CancelSignal; inFlight: InFlight } {
  const seen: Exchange[] = [];
  const completions = {
    complete: (exchange: Exchange) => {
      seen.push(exchange);
      return new Promise<void>(() => undefined);
    },
  } as Partial<CompletionService> as CompletionService;
  const inFlight = new InFlight();
  const arrival = new Arrival(
    'chat',
    '/v1/chat/completions',
    'r',
    't',
    0,
    0,
    {},
    new NodeReply(response, new FakeClock()),
  );
  arrival.principal = PRINCIPAL;
  const reply = { raw: response, hijack: () => reply } as Partial<FastifyReply> as FastifyReply;
  const request = { arrival, body: Buffer.from('{}') } as Partial<FastifyRequest> as FastifyRequest;
  new InferenceController(completions, inFlight, {} as ConfigStore, {} as ResponseDoor).complete(request, reply);
  const [exchange] = seen;
  if (!exchange) throw new Error('the pipeline was not asked');
  return { signal: exchange.signal, inFlight };
}

describe('the client of a completion', () => {
  const response = () => new ServerResponse(new IncomingMessage(new Socket()));

  it('that left before the body was handed over aborts the request at once', () => {
    const gone = response();
    gone.destroy();
    expect(begin(gone).signal.aborted).toBe(true);
  });

  it('aborts the request when it leaves later, and not before', () => {
    const here = response();
    const { signal } = begin(here);
    expect(signal.aborted).toBe(false);
    here.emit('close');
    expect(signal.aborted).toBe(true);
  });

  it('is told when the relay stops', () => {
    const { signal, inFlight } = begin(response());
    inFlight.abortAll();
    expect(signal.reason).toMatchObject({ code: 'unavailable' });
  });
});
