import { readFilters } from '../trace-filters';
import { isOn, savedViews, saveViews } from './views';
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

describe('a view', () => {
  const filters = (query: string) => readFilters(new URLSearchParams(query));
  const errors = { name: 'Errors', filters: { status: ['error', 'aborted'] } };

  it('is on whichever tenant the header names, and in whatever order its values stand', () => {
    expect(isOn(errors, filters('status=aborted&status=error'))).toBe(true);
    expect(isOn(errors, filters('status=error&status=aborted&tenant=acme'))).toBe(true);
    expect(isOn(errors, filters('status=error'))).toBe(false);
  });

  it('that names a tenant is on for that one only', () => {
    const ofAcme = { name: 'Acme', filters: { ...errors.filters, tenant: ['acme'] } };
    expect(isOn(ofAcme, filters('status=error&status=aborted&tenant=acme'))).toBe(true);
    expect(isOn(ofAcme, filters('status=error&status=aborted'))).toBe(false);
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
