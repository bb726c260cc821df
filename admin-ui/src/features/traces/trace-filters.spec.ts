import { changed } from '../../state/url-state';
import { chipsOf, filterQuery, NO_FILTERS, readFilters, toggled } from './trace-filters';

const params = new URLSearchParams('status=error&status=aborted&q=slow&minMs=5000&range=1h&trace=x');
const filters = readFilters(params);

describe('filters of traces', () => {
  it('go to the API as alternatives of one field, without what is not a filter', () => {
    expect(filterQuery(filters)).toEqual({ status: 'error,aborted', q: 'slow', minMs: '5000' });
  });

  it('are switched one by one', () => {
    expect(toggled(filters, 'status', 'error')).toEqual({ status: ['aborted'] });
    expect(toggled(filters, 'cache', 'miss')).toEqual({ cache: ['miss'] });
  });

  it('are shown as chips that take themselves away', () => {
    const chips = chipsOf(filters);
    expect(chips.map(({ name, value }) => `${name} ${value}`)).toEqual([
      'Status error',
      'Status aborted',
      'At least ms 5000',
    ]);
    expect(readFilters(changed(params, chips[0]?.without ?? {})).facets.status).toEqual(['aborted']);
  });

  it('are all cleared, and the time range and the tenant of the header stay', () => {
    const narrowed = changed(params, { tenant: ['acme'] });
    expect(changed(narrowed, NO_FILTERS).toString()).toBe('range=1h&trace=x&tenant=acme');
  });

  it('count one tenant as the scope of the header, several as a filter', () => {
    const chips = (query: string) => chipsOf(readFilters(new URLSearchParams(query))).map(({ value }) => value);
    expect(chips('tenant=acme')).toEqual([]);
    expect(chips('tenant=acme&tenant=globex')).toEqual(['acme', 'globex']);
  });
});
