import type { TraceDetail } from '../../api/queries/trace.queries';
import { prefillOf } from './prefill';

const trace = (request: unknown): TraceDetail =>
  ({
    id: 't1',
    tenant: 'acme',
    model: 'auto',
    stream: false,
    tags: ['docs'],
    payload: { request, response: null },
  }) as unknown as TraceDetail;

describe('a past request in the form', () => {
  it('has its messages, parameters, model and tenant', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'What is this?' }, { type: 'image_url' }] },
      { role: 'assistant', content: 'A cat.' },
    ];
    const filled = prefillOf(trace({ messages, temperature: 0.2, max_completion_tokens: 50 }));
    expect(filled).toMatchObject({
      model: 'auto',
      tenant: 'acme',
      leftOut: true,
      draft: {
        system: 'Be brief.',
        turns: [
          { role: 'user', text: 'What is this?' },
          { role: 'assistant', text: 'A cat.' },
        ],
        temperature: '0.2',
        maxTokens: '50',
        stream: false,
        tags: 'docs',
        from: 't1',
      },
    });
  });

  it('is not there where nothing was kept', () => {
    expect(prefillOf({ ...trace(null), payload: null })).toBeNull();
  });
});
