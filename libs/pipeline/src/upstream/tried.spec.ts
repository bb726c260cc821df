import type { RouteCandidate } from '@relay/contracts';
import type { UpstreamCompleted } from '@relay/providers';
import type { RequestTrace } from '../request-trace';
import { noteCall } from './tried';

const candidate = { provider: 'claude', upstreamModel: 'claude-x' } as RouteCandidate;
const answer = { kind: 'completed', status: 200, connectMs: null } as UpstreamCompleted;

describe('what is noted of a call', () => {
  const attributesOf = (outcome: UpstreamCompleted): unknown => {
    const stage = jest.fn((..._noted: unknown[]) => 7);
    noteCall({ stage, attempts: [] } as unknown as RequestTrace, candidate, 3, outcome);
    return stage.mock.calls[0]?.at(2);
  };

  it('is who was asked, and what of the request the provider could not be told', () => {
    const plain = { provider: 'claude', model: 'claude-x', connectMs: null };
    expect(attributesOf(answer)).toEqual(plain);
    const warnings = ['seed is not supported', 'temperature is not supported'];
    expect(attributesOf({ ...answer, warnings })).toEqual({ ...plain, warnings: warnings.join('; ') });
  });
});
