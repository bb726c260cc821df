import { pageOf } from './item-page';

const ITEMS = ['a', 'b', 'c', 'd'].map((id) => ({ id }));

describe('pages of items', () => {
  const ids = (query: Record<string, unknown>): unknown => {
    const page = pageOf(ITEMS, query);
    return page.ok ? [page.value['data'], page.value['has_more']] : page.error.param;
  };

  it('show the newest first, or the oldest where asked', () => {
    expect(pageOf(ITEMS, { limit: '2' })).toEqual({
      ok: true,
      value: { object: 'list', data: [{ id: 'd' }, { id: 'c' }], first_id: 'd', last_id: 'c', has_more: true },
    });
    expect(ids({ order: 'asc', limit: '4' })).toEqual([ITEMS, false]);
  });

  it('go on after an item', () => {
    expect(ids({ order: 'asc', after: 'b', limit: '1' })).toEqual([[{ id: 'c' }], true]);
    expect(ids({ order: 'asc', after: 'd' })).toEqual([[], false]);
  });

  it.each([
    ['order', { order: 'up' }],
    ['limit', { limit: '0' }],
    ['limit', { limit: '101' }],
    ['limit', { limit: 'many' }],
    ['after', { after: 'z' }],
  ])('are refused with a wrong %s', (param, query) => {
    expect(ids(query)).toBe(param);
  });
});
