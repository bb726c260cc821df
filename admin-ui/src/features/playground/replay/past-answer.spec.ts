import type { TraceDetail } from '../../../api/queries/trace.queries';
import { pastLane, replayOf, whyNotReplayed } from './past-answer';

const TRACE = {
  id: 't',
  tenant: 'acme',
  endpoint: '/v1/chat/completions',
  status: 'ok',
  httpStatus: 200,
  cache: 'miss',
  queue: 'none',
  queueMs: 0,
  ttftMs: 20,
  totalMs: 90,
  inputTokens: 3,
  outputTokens: 5,
  degraded: ['cheaper-model'],
  features: { 'request.tags': ['a', 'b'] },
  payload: {
    request: { model: 'small', tools: [{ type: 'function' }], messages: [{ role: 'user', content: 'Hi' }] },
    response: { choices: [{ message: { role: 'assistant', content: 'Hello' } }] },
  },
} as unknown as TraceDetail;

describe('a past request', () => {
  it('is asked again with all that it had, tags too, of the model of choice', () => {
    const { body, headers } = replayOf(TRACE, 'large');
    expect(body).toEqual({ ...(TRACE.payload?.request as object), model: 'large' });
    expect(headers).toEqual({ 'x-relay-tags': 'a,b' });
  });

  it('shows its answer and its figures', () => {
    expect(pastLane(TRACE).answer).toMatchObject({
      ...{ phase: 'done', text: 'Hello', ttftMs: 20, elapsedMs: 90, usage: { input: 3, output: 5 }, error: null },
      facts: { status: 200, traceId: 't', cache: 'miss', degraded: 'cheaper-model' },
    });
    const refused = {
      ...TRACE,
      status: 'rejected',
      errorCode: 'overloaded',
      error: 'Too much at once.',
    } as TraceDetail;
    expect(pastLane(refused).answer).toMatchObject({
      phase: 'failed',
      error: { code: 'overloaded', message: 'Too much at once.' },
    });
  });

  it('says why it cannot be asked again', () => {
    expect(whyNotReplayed(TRACE)).toBeNull();
    expect(whyNotReplayed({ ...TRACE, payload: null })).toMatch(/not kept/);
    expect(whyNotReplayed({ ...TRACE, endpoint: '/v1/embeddings' })).toMatch('/v1/embeddings');
  });
});
