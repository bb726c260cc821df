import { shunned } from './process-pulse';

it('a provider is down when none of its targets are called, and not for a limit of its rate', () => {
  const target = (
    provider: string,
    breaker: 'open' | 'half-open' | 'closed',
    reason: 'failures' | 'rate-limit' | 'drained' | null,
  ) => ({
    provider,
    breaker,
    reason,
  });
  expect(
    shunned([
      target('half', 'open', 'failures'),
      target('half', 'closed', null),
      target('down', 'open', 'failures'),
      target('down', 'half-open', 'failures'),
      target('busy', 'open', 'rate-limit'),
      target('drained', 'open', 'drained'),
    ]),
  ).toEqual(['down']);
});
