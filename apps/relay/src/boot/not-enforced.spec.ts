import { relayConfigSchema } from '@relay/config';
import { notEnforced } from './not-enforced';

describe('settings that are not acted upon yet', () => {
  it('are named one by one', () => {
    const config = relayConfigSchema.parse({
      providers: [{ id: 'p', kind: 'simulator', limits: { concurrency: 4, tokensPerMinute: 1_000 } }],
      tenants: [
        { id: 'quiet' },
        { id: 't', budget: { monthlyUsd: 5 }, limits: { requestsPerMinute: 60, concurrency: 2 } },
      ],
    });
    expect(notEnforced(config)).toEqual([
      'providers[0].limits.tokensPerMinute',
      'tenants[1].limits.requestsPerMinute',
      'tenants[1].budget.monthlyUsd',
    ]);
  });

  it('are none where only limits in force are set', () => {
    expect(notEnforced(relayConfigSchema.parse({ tenants: [{ id: 't', limits: { concurrency: 2 } }] }))).toEqual([]);
  });
});
