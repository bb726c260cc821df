import { isChange, wordsOf } from './change-words';

describe('what was changed lately', () => {
  it.each(['login.success', 'login.failure', 'logout', 'user.logout', 'trace.payload-read', 'cache.prompts-read'])(
    'leaves out %s, which changes nothing',
    (action) => expect(isChange({ action })).toBe(false),
  );
  it.each(['key.create', 'policy.publish', 'cache.invalidate'])('has %s', (action) =>
    expect(isChange({ action })).toBe(true),
  );

  it.each([
    [
      'budget.create',
      { tenant: 'marketing', limitUsd: '5', period: 'day' },
      'budget made',
      'of marketing, $5.00 a day',
    ],
    ['key.revoke', { tenant: 'acme', key: 'ci' }, 'key revoked', 'ci of acme'],
    ['user.update', { email: 'anna@example.com' }, 'user changed', 'anna@example.com'],
    ['policy.publish', { replaced: 'file' }, 'policy published', 'id'],
    ['cache.warm', { tenant: 'acme' }, 'cache warm', 'of acme'],
    ['alert-rule.update', {}, 'alert rule changed', 'id'],
    ['key.create', {}, 'key made', 'id'], // older entries say less
  ])('tells %s of %p in words', (action, detail, deed, of) =>
    expect(wordsOf({ action, target: 'id', detail })).toEqual({ deed, of }),
  );
});
