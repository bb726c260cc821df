import { barsOf, colorsOf, SERIES_COLORS } from './series-colors';

const tenants = ['acme', 'marketing', 'search', 'shop', 'umbrella'];

describe('colours of names', () => {
  it('do not depend on the order, which is by size and changes', () =>
    expect(colorsOf([...tenants].reverse())).toEqual(colorsOf(tenants)));
  it('are of one name each, while there are colours', () =>
    expect(new Set(colorsOf(tenants).values()).size).toBe(SERIES_COLORS.length));
  it('stay with a name when another comes that wants none of theirs, and when it is alone', () => {
    for (const name of tenants) {
      const alone = colorsOf([name]).get(name);
      const others = tenants.filter((other) => colorsOf([other]).get(other) !== alone);
      expect(colorsOf([name, ...others.slice(0, 1)]).get(name)).toBe(alone);
    }
  });
  it('are given to more names than there are colours', () =>
    expect(colorsOf([...tenants, 'a', 'b', 'c']).size).toBe(8));
  it('leave one for all others together', () => {
    const bars = barsOf(['acme', '(other)', null].map((key) => ({ key, label: key ?? 'nobody', values: [1] })));
    expect(bars.map(({ id }) => id)).toEqual(['acme', '(other)', 'none']);
    expect(bars[1]?.color).toBe('var(--series-5)');
    expect(SERIES_COLORS).not.toContain('var(--series-5)');
  });
});
