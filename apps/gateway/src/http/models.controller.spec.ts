import type { CompletionService } from '@relay/pipeline';
import type { Prices, ProviderRegistry } from '@relay/providers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ModelsController } from './models.controller';

describe('the models that a key may use', () => {
  const MODELS = ['large', 'small', 'secret'].map((id) => ({ id, targets: [{ provider: 'sim', model: id }] }));
  const EPOCH = '1970-01-01T00:00:00Z';

  function ask(headers: Record<string, string>, id?: string): unknown {
    let told: unknown;
    const providers = { models: () => MODELS } as unknown as ProviderRegistry;
    const completions = {
      answer: (_arrival: unknown, answer: unknown) => (told = answer),
      refuse: (_arrival: unknown, error: unknown) => (told = error),
    } as unknown as CompletionService;
    const controller = new ModelsController(providers, completions, { of: () => null } as unknown as Prices);
    const principal = { tenant: { id: 'acme', models: ['large', 'small'] } };
    const arrival = { authenticated: () => ({ principal }) };
    const request = { headers, arrival, params: { '*': id } } as unknown as FastifyRequest;
    const reply = { hijack: () => undefined } as unknown as FastifyReply;
    if (id === undefined) controller.list(request, reply);
    else controller.get(request, reply);
    return told;
  }

  it("come in OpenAI's shape", () => {
    expect(ask({})).toMatchObject({
      object: 'list',
      data: [{ id: 'large', object: 'model' }, { id: 'small' }, {}, {}, {}, {}],
    });
    expect(ask({}, 'small')).toEqual({ id: 'small', object: 'model', created: 0, owned_by: 'sim' });
  });

  it("come in Anthropic's shape for its clients, on one page", () => {
    const listed = ask({ 'anthropic-version': '2023-06-01' }) as { data: object[] };
    expect(listed).toMatchObject({ has_more: false, first_id: 'large', last_id: 'auto:best' });
    expect(listed.data[0]).toEqual({ type: 'model', id: 'large', display_name: 'large', created_at: EPOCH });
    expect(ask({ 'anthropic-version': '2023-06-01' }, 'small')).toEqual({
      type: 'model',
      id: 'small',
      display_name: 'small',
      created_at: EPOCH,
    });
  });

  it('hide from either what the tenant may not use', () => {
    const shapes: Record<string, string>[] = [{}, { 'anthropic-version': '2023-06-01' }];
    for (const headers of shapes) {
      expect(JSON.stringify(ask(headers))).not.toContain('secret');
      expect(ask(headers, 'secret')).toMatchObject({ code: 'model_not_found' });
    }
  });
});
