import type { OverrideMode } from '@relay/contracts';
import { inForce, OverrideBook, type ProviderOverride } from './override-book';

const override = (target: string | null, mode: OverrideMode, until = 100): ProviderOverride => ({
  ...{ provider: 'a', target, mode, until },
  ...{ reason: 'maintenance', by: 'op@example.org', since: 0 },
});
const modeOf = (overrides: readonly ProviderOverride[], now = 50): string | undefined => {
  const about = new OverrideBook(overrides).about('a', 'up');
  return about ? inForce(about, now)?.mode : undefined;
};

describe('what operators said of a target', () => {
  it('is what they said of it, else of its provider, and nothing of others', () => {
    expect(modeOf([override('up', 'drain')])).toBe('drain');
    expect(modeOf([override(null, 'open')])).toBe('open');
    expect(modeOf([override('other', 'open')])).toBeUndefined();
    expect(modeOf([override('up', 'drain'), override(null, 'open')])).toBe('drain');
  });

  it('keeps it out of service if either says so', () => {
    expect(modeOf([override('up', 'closed'), override(null, 'drain')])).toBe('drain');
    expect(modeOf([override('up', 'open'), override(null, 'closed')])).toBe('open');
    expect(modeOf([override('up', 'closed'), override(null, 'closed')])).toBe('closed');
  });

  it('ends by the clock, and what was said beside it then counts', () => {
    const both = [override('up', 'closed', 200), override(null, 'drain', 100)];
    expect([modeOf(both, 99), modeOf(both, 100), modeOf(both, 200)]).toEqual(['drain', 'closed', undefined]);
    expect(new OverrideBook(both).of('a', null, 99)?.mode).toBe('drain');
    expect(new OverrideBook(both).of('a', null, 100)).toBeNull();
  });
});
