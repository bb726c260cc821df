import { jsonReply } from '@relay/testing';
import { cohereWire } from '../../testing/cohere-wire';
import { completed } from '../../testing/call-harness';
import { VendorSetup } from '../../testing/vendor-setup';

describe('a provider of kind cohere', () => {
  let setup: VendorSetup;
  beforeEach(async () => void (setup = await VendorSetup.start(cohereWire)));
  afterEach(() => setup.stop());

  it('is asked at its chat, with its key as a bearer token', async () => {
    await setup.sent({}, 'command-a-03-2025');
    const [request] = setup.upstream.requests;
    expect(request?.path).toBe('/v1/chat');
    expect(request?.headers.authorization).toBe('Bearer upstream-secret');
  });

  it.each([
    ['medium', { type: 'enabled', token_budget: 4_096 }],
    ['none', { type: 'disabled' }],
  ])('asked for %s effort thinks as %p', async (effort, thinking) => {
    expect(await setup.sent({ reasoning_effort: effort }, 'command-a-reasoning-08-2025')).toMatchObject({ thinking });
  });

  it('embeds texts', async () => {
    setup.upstream.enqueue(
      jsonReply({ embeddings: { float: [[1], [2]] }, meta: { billed_units: { input_tokens: 6 } } }),
    );
    const body = Buffer.from('{"input":["a","b"],"cohere":{"inputType":"search_document"}}');
    const answer = await setup.answer({}, { operation: 'embeddings', body, model: 'embed-v4.0' });
    expect(answer).toMatchObject({ data: [{ embedding: [1] }, { embedding: [2] }], usage: { prompt_tokens: 6 } });
    expect(setup.upstream.requests[0]?.json()).toMatchObject({ input_type: 'search_document' });
  });

  it('says of embeddings that they are whole, so that they may be kept', async () => {
    setup.upstream.enqueue(jsonReply({ embeddings: { float: [[1]] }, meta: { billed_units: { input_tokens: 3 } } }));
    const body = Buffer.from('{"input":["a"]}');
    const outcome = await completed(setup.ask({}, { operation: 'embeddings', body, model: 'embed-v4.0' }));
    expect(outcome).toMatchObject({ finishReason: 'stop', usage: { inputTokens: 3 } });
  });
});
