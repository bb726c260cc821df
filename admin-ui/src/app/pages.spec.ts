import { PAGES } from './pages';

const repeated = (values: readonly string[]): readonly string[] =>
  values.filter((value, at) => values.indexOf(value) !== at);

describe('the pages', () => {
  it('have a path, a key and a name each of their own', () => {
    expect(repeated(PAGES.flatMap(({ path, also = [] }) => [path, ...also]))).toEqual([]);
    expect(repeated(PAGES.map(({ key }) => key))).toEqual([]);
    expect(repeated(PAGES.map(({ label }) => label))).toEqual([]);
  });
});
