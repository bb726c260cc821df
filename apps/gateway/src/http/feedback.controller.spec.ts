import { ConfigStore } from '@relay/config';
import type { Principal, RelayError } from '@relay/core';
import type { CompletionService } from '@relay/pipeline';
import type { FeedbackService } from '@relay/trace';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Arrival } from './arrival';
import type { BadHitFeedback } from './bad-hit-feedback';
import { FeedbackController } from './feedback.controller';

const FEEDBACK = { trace_id: '0199aaaa-0000-7000-8000-00000000002a', score: -1, bad_hit: true };

/** How feedback on a bad hit is refused if whoever should mark it fails. */
function refusalOf(mark: BadHitFeedback['mark'], headers: Record<string, string> = {}): Promise<RelayError> {
  return new Promise((resolve) => {
    const refuse = (_exchange: unknown, error: RelayError): void => resolve(error);
    const arrival = { authenticated: () => ({ principal: {} as Principal }) } as Partial<Arrival> as Arrival;
    const body = Buffer.from(JSON.stringify(FEEDBACK));
    const request = { arrival, body, headers, raw: { complete: true } } as unknown as FastifyRequest;
    const config = { current: { server: { bodyLimitBytes: 1_000 } } } as ConfigStore;
    new FeedbackController(
      {} as FeedbackService,
      { mark } as BadHitFeedback,
      { refuse } as Partial<CompletionService> as CompletionService,
      config,
    ).submit(request, { hijack: () => undefined } as unknown as FastifyReply);
  });
}

it('feedback whose bad hit cannot be marked is refused with 503, and the process goes on', async () => {
  const refusal = await refusalOf(() => Promise.reject(new Error('the database is away')));
  expect(refusal).toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
});

it.each(['Identity', ' identity ', 'IDENTITY'])(
  'a body of Content-Encoding "%s" is read as it is',
  async (encoding) => {
    const refusal = await refusalOf(() => Promise.reject(new Error('it was read')), { 'content-encoding': encoding });
    expect(refusal).toMatchObject({ code: 'unavailable' });
  },
);
