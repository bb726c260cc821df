import { refusalFailure } from '../domain/upstream-failure';
import { failedBeforeStart } from '../adapters/failed-outcome';
import { judgeOutcome } from './judge-outcome';

describe('judgeOutcome', () => {
  const answered = (status: number, contentType = 'application/json'): string => {
    const body = Buffer.from('{"error":{"message":"no"}}');
    const failure = refusalFailure('a', { status, contentType, body, retryAfterMs: null }, []);
    return judgeOutcome({ ...failedBeforeStart(failure), upstreamStatus: status }, 1);
  };

  it.each([
    ['what the request did wrong', [400, 404, 408, 409, 413, 415, 422, 425, 451], 'well'],
    ['a limit of the rate', [429], 'limited'],
    ['a key that is not accepted', [401], 'locked'],
    ['no credit', [402], 'failed'],
    ['what is forbidden, which may be the prompt', [403], 'forbidden'],
    ['what is broken, or is somewhere else', [302, 500, 502, 503, 504, 529], 'failed'],
  ])('tells %s by its status', (_name, statuses, judgement) => {
    expect(statuses.map((status) => [status, answered(status)])).toEqual(statuses.map((status) => [status, judgement]));
  });

  it('does not mind in which form a refusal comes', () => {
    expect(answered(400, 'text/html')).toBe('well');
  });
});
