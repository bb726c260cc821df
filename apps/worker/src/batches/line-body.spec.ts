import type { BatchTask } from '@relay/batches';
import type { ConfigStore } from '@relay/config';
import type { BatchEndpoint } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';
import type { JsonObject } from '@relay/protocols';
import type { Responses } from '@relay/responses';
import { LineBody } from './line-body';

const EARLIER = { role: 'user', content: 'The first question.' };

describe('what is asked for a line of a batch', () => {
  const expand = (tenantId: string, previousId: string | null, input: unknown) => {
    if (previousId === null) return Promise.resolve(ok(null));
    if (tenantId !== 'acme' || previousId !== 'resp_of_acme')
      return Promise.resolve(err(new RelayError('previous_response_not_found', 'no such response')));
    const own = [{ role: 'user', content: input }];
    return Promise.resolve(ok({ items: [EARLIER, ...own], own }));
  };
  const config = { current: { responses: { store: true } } } as ConfigStore;
  const bodies = new LineBody({ expand } as unknown as Responses, config);
  const ask = (body: JsonObject, tenantId = 'acme', endpoint: BatchEndpoint = '/v1/responses') => {
    const request = Buffer.from(JSON.stringify(body));
    return bodies.toAsk({ endpoint, tenantId } as BatchTask, { index: 0, request, model: '', returned: null });
  };
  const told = (result: Result<Buffer, RelayError>): unknown => {
    if (!result.ok) throw result.error;
    return JSON.parse(result.value.toString());
  };

  it('is the conversation that a response goes on from, without what only the relay understands', async () => {
    const body = { model: 'small', input: 'And then?', previous_response_id: 'resp_of_acme', store: true };
    const input = [EARLIER, { role: 'user', content: 'And then?' }];
    expect(told(await ask(body))).toEqual({ model: 'small', input, store: false });
  });

  it('is never a response of another tenant', async () => {
    const body = { model: 'small', input: 'And then?', previous_response_id: 'resp_of_acme' };
    expect(await ask(body, 'globex')).toMatchObject({ ok: false, error: { code: 'previous_response_not_found' } });
  });

  it('is kept by no provider, and not made in the background', async () => {
    expect(told(await ask({ model: 'small', input: 'Hello' }))).toMatchObject({ store: false });
    expect(await ask({ model: 'small', input: 'Hello', background: true })).toMatchObject({ ok: false });
  });

  it('is the body as it stands where that holds more than may be parsed', async () => {
    const request = Buffer.from(`{"background":true,"input":[${'0,'.repeat(500_001)}0]}`);
    const task = { endpoint: '/v1/responses', tenantId: 'acme' } as BatchTask;
    expect(await bodies.toAsk(task, { index: 0, request, model: '', returned: null })).toEqual(ok(request));
  });

  it('is the body as it stands, at all other endpoints', async () => {
    const body = { model: 'small', messages: [], store: true };
    expect(told(await ask(body, 'acme', '/v1/chat/completions'))).toEqual(body);
  });
});
