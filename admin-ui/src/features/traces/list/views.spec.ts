import { savedViews, saveViews } from './views';
import { totalsOf } from './totals';

describe('views that people save', () => {
  const kept = new Map<string, string>();
  beforeEach(() => {
    kept.clear();
    const storage = {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
    };
    Object.defineProperty(globalThis, 'localStorage', { value: storage, configurable: true });
  });

  it('are their own', () => {
    saveViews('anna', [{ name: 'Mine', filters: { minMs: '1000' } }]);
    expect(savedViews('anna').map(({ name }) => name)).toEqual(['Mine']);
    expect(savedViews('ben')).toEqual([]);
  });

  it('count as none where something else is stored', () => {
    kept.set('relay-trace-views:anna', '{"name":1}');
    expect(savedViews('anna')).toEqual([]);
    kept.set('relay-trace-views:anna', 'not JSON');
    expect(savedViews('anna')).toEqual([]);
  });
});

it('counts all that the histogram counts', () => {
  const bucket = { at: '', p50Ms: null, p95Ms: null };
  const data = [
    { ...bucket, ok: 3, error: 1, rejected: 0, aborted: 1 },
    { ...bucket, ok: 2, error: 0, rejected: 4, aborted: 0 },
  ];
  expect(totalsOf({ data })).toEqual({ all: 11, error: 1, rejected: 4 });
});
