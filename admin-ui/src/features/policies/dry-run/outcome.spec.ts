import { outcomeOf, type ReplayedTrace } from './outcome';

type Reply = Extract<ReplayedTrace, { before: unknown }>['before'];

/** As much of an explanation as is looked at. */
function reply(model: string, queue: 'short' | 'long', costUsd: number | null, rule?: string): Reply {
  const plan = {
    serviceLevel: 'standard',
    queue: { class: queue, weight: 1 },
    deadlineMs: 1_000,
    route: { strategy: 'hybrid', candidates: [{ model, provider: 'p', upstreamModel: model, score: 1, terms: {} }] },
    cache: { exact: { enabled: true, ttlMs: 1 }, semantic: { mode: 'off', threshold: 0.9, maxErrorPerHit: 0.1 } },
    retries: { maxAttempts: 1, fallbacks: 1 },
    guards: { injection: { action: 'off' }, pii: { action: 'off' } },
    degrade: [],
  };
  const decisions = [
    { rule: 'ranking', verdict: 'matched', reason: '', changed: [] },
    ...(rule ? [{ rule, verdict: 'matched', reason: '', changed: [] }] : []),
  ];
  return { plan, decisions, predicted: { costUsd, totalMs: 100 } } as unknown as Reply;
}

describe('what a draft would have done', () => {
  const replayed: readonly ReplayedTrace[] = [
    { id: 'a', before: reply('big', 'short', 4), after: reply('small', 'short', 1, 'cheap') },
    { id: 'b', before: reply('big', 'short', 4), after: reply('small', 'short', 1, 'cheap') },
    { id: 'c', before: reply('big', 'short', null), after: reply('big', 'short', null) },
    { id: 'd', left: 'Its messages were not kept.' },
  ];

  it('counts what changes, and names the requests', () => {
    const { explained, changed, rows, left } = outcomeOf(replayed);
    expect({ explained, changed }).toEqual({ explained: 3, changed: 2 });
    expect(rows).toEqual([
      { what: 'Models', from: 'big', to: 'small', traces: ['a', 'b'] },
      { what: 'Rules that match', from: 'none', to: 'cheap', traces: ['a', 'b'] },
    ]);
    expect([...left]).toEqual([['Its messages were not kept.', 1]]);
  });

  it('compares cost where both sides are known', () => {
    expect(outcomeOf(replayed).cost).toEqual({ before: 8, after: 2 });
    expect(outcomeOf([]).cost).toBeNull();
  });
});
