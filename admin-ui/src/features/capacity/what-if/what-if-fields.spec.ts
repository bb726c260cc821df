import { readFields } from './what-if-fields';

const texts = { rpm: '120', in: '800', out: '300', burst: '1', usd: '' };

describe('figures of another tenant', () => {
  it('are read as they were entered', () => {
    expect(readFields(texts)).toEqual({ requestsPerMinute: 120, inputTokens: 800, outputTokens: 300, burstiness: 1 });
    expect(readFields({ ...texts, usd: '500' })).toMatchObject({ monthlyUsd: 500 });
  });

  it.each([{ rpm: '' }, { rpm: '0' }, { in: '1.5' }, { out: '-1' }, { burst: 'x' }, { usd: '0' }])(
    'are not asked for with %p',
    (wrong) => expect(readFields({ ...texts, ...wrong })).toBeNull(),
  );
});
