import type { Schemas } from '../../api/client';
import { leftAlone, overrideText } from './override';

type Provider = Schemas['Provider'];

const target = (upstreamModel: string, models: string[], breaker = 'closed') => ({ upstreamModel, models, breaker });
const provider = (id: string, ...targets: readonly object[]) => ({ id, targets }) as unknown as Provider;

describe('what an operator says of a provider', () => {
  it('is told with what is left of its time', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(overrideText({ mode: 'drain', until: '2026-01-01T00:42:30Z' }, now)).toBe('drained, 42 min left');
    expect(overrideText({ mode: 'closed', until: '2026-01-01T00:00:09Z' }, now)).toBe('held closed, 9 s left');
    expect(overrideText({ mode: 'open', until: '2025-12-31T23:59:00Z' }, now)).toBe('held open, ending');
  });

  it('warns of the models that nobody else serves', () => {
    const providers = [
      provider('a', target('up-small', ['small']), target('up-large', ['large', 'best'])),
      provider('b', target('b-small', ['small']), target('b-large', ['large'], 'open')),
    ];
    expect(leftAlone(providers, 'a', null)).toEqual(['best', 'large']);
    expect(leftAlone(providers, 'a', 'up-small')).toEqual([]);
    expect(leftAlone(providers, 'b', null)).toEqual([]);
  });
});
