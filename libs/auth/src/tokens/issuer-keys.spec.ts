import { FakeClock, TokenIssuer } from '@relay/testing';
import { type Verified, verifyIssued } from './issued-token';
import { IssuerKeys, KEYS_FRESH_MS, KEYS_STALE_MS, UNKNOWN_KEY_COOLDOWN_MS } from './issuer-keys';

const LIFE_SECONDS = 7 * 86_400;

describe('keys of an issuer', () => {
  let issuer: TokenIssuer;
  let clock: FakeClock;
  let keys: IssuerKeys;
  beforeEach(async () => {
    issuer = await TokenIssuer.start();
    clock = new FakeClock();
    keys = new IssuerKeys({ issuer: issuer.url, jwksUrl: issuer.jwksUrl }, clock);
  });
  afterEach(() => issuer.close());

  const now = (): number => Math.floor(clock.now() / 1_000);
  const outcome = (verified: Verified): string => (typeof verified === 'string' ? verified : 'right');
  async function verify(kid = 'first', source = keys): Promise<string> {
    const token = await issuer.sign({ aud: 'llm', sub: 'ada', exp: now() + LIFE_SECONDS }, { kid });
    return outcome(await verifyIssued(token, { issuer: issuer.url, audience: 'llm', keys: source.find }, clock));
  }

  it('are fetched once, also for many at once', async () => {
    expect(await Promise.all([verify(), verify(), verify()])).toEqual(['right', 'right', 'right']);
    expect(await verify()).toBe('right');
    expect(issuer.fetches).toBe(1);
  });

  it('are found by the configuration of the issuer where no address is given', async () => {
    expect(await verify('first', new IssuerKeys({ issuer: issuer.url }, clock))).toBe('right');
    expect(await verify('first', new IssuerKeys({ issuer: `${issuer.url}/` }, clock))).toBe('away'); // names another issuer
  });

  it('are fetched again for a key that nobody knows, and no more often than every 30 s', async () => {
    await issuer.addKey('stranger', 'RS256', false);
    await verify();
    expect(await verify('stranger')).toBe('invalid');
    expect(issuer.fetches).toBe(1);
    clock.advance(UNKNOWN_KEY_COOLDOWN_MS);
    await issuer.addKey('second', 'ES256');
    expect(await verify('second')).toBe('right');
    expect(issuer.fetches).toBe(2);
    for (let i = 0; i < 5; i++) expect(await verify('stranger')).toBe('invalid');
    expect(issuer.fetches).toBe(2);
  });

  it('go on while the issuer is away, for a day', async () => {
    await verify();
    issuer.outage = 'error';
    clock.advance(KEYS_FRESH_MS);
    expect(await verify()).toBe('right');
    clock.advance(KEYS_STALE_MS - KEYS_FRESH_MS - 1);
    expect(await verify()).toBe('right');
    clock.advance(1);
    expect(await verify()).toBe('away');
    issuer.outage = 'none';
    clock.advance(1_000);
    expect(await verify()).toBe('right');
  });

  it('that were withdrawn are forgotten with the next look', async () => {
    await issuer.addKey('second', 'ES256');
    expect(await verify('second')).toBe('right');
    issuer.withdraw('second');
    clock.advance(KEYS_FRESH_MS);
    let found = await verify('second'); // looks beside
    while (found === 'right') found = await verify('second');
    expect(found).toBe('invalid');
  });

  it.each(['error', 'garbage', 'flood', 'redirect'] as const)(
    'that cannot be had (%s) say nothing of a token',
    async (outage) => {
      issuer.outage = outage;
      expect(await verify()).toBe('away');
      const { fetches } = issuer;
      expect(await verify()).toBe('away');
      expect(issuer.fetches).toBe(fetches); // not asked for with every request
      issuer.outage = 'none';
      clock.advance(1_000);
      expect(await verify()).toBe('right');
    },
  );

  it('say nothing of a key that is new while the issuer is away', async () => {
    await verify();
    await issuer.addKey('second', 'ES256');
    issuer.outage = 'error';
    clock.advance(UNKNOWN_KEY_COOLDOWN_MS);
    expect(await verify('second')).toBe('away');
    expect(await verify()).toBe('right');
  });

  it('do not make anybody wait for ever', async () => {
    issuer.outage = 'silence';
    expect(await verify()).toBe('away');
  });
});
