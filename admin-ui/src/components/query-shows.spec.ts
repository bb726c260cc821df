import { ApiError, unreachable } from '../api/api-error';
import { queryShows } from './query-shows';

const refused = (status: number): ApiError => new ApiError(status, 'some_code', 'No.');

describe('what a page shows of a query', () => {
  it('is what was fetched, as soon as there is something', () => {
    expect(queryShows({ data: undefined, error: null })).toBe('nothing yet');
    expect(queryShows({ data: [], error: null })).toBe('data');
  });

  it('is an error where nothing was fetched before', () => {
    expect(queryShows({ data: undefined, error: refused(500) })).toBe('error');
    expect(queryShows({ data: undefined, error: unreachable() })).toBe('error');
  });

  it('is from before, with a word about it, when it could not be fetched anew', () => {
    expect(queryShows({ data: 1, error: refused(500) })).toBe('stale');
    expect(queryShows({ data: 1, error: new Error('a bug') })).toBe('stale');
    expect(queryShows({ data: 1, error: unreachable() })).toBe('data'); // the banner says it
  });

  it('is nothing from before where it is forbidden by now', () =>
    expect(queryShows({ data: 1, error: refused(403) })).toBe('error'));
});
