import { nextSort, sortRows } from './column';

const rows = [{ n: 2 }, { n: null }, { n: 10 }, { n: 1 }];
const valueOf = (row: { n: number | null }) => row.n;

describe('sorting a table', () => {
  it('begins with the largest, then turns', () => {
    expect(nextSort(null, 'n')).toEqual({ column: 'n', descending: true });
    expect(nextSort({ column: 'n', descending: true }, 'n').descending).toBe(false);
    expect(nextSort({ column: 'other', descending: false }, 'n').descending).toBe(true);
  });

  it('keeps what has no value at the end, either way', () => {
    expect(sortRows(rows, { column: 'n', descending: true }, valueOf).map(valueOf)).toEqual([10, 2, 1, null]);
    expect(sortRows(rows, { column: 'n', descending: false }, valueOf).map(valueOf)).toEqual([1, 2, 10, null]);
  });
});
