import type { AuthenticatedUser, IdentityChanges, UserService } from '@relay/auth';
import { FakeClock } from '@relay/testing';
import { LoginWatch } from './login-watch';

const ID = '01a20354-7497-7f0c-bf4a-15fc7215a6cf';
const ann: AuthenticatedUser = { id: ID, email: 'ann@relay.local', role: 'operator', tenant: null };
type Listener = Parameters<IdentityChanges['listen']>[0];

describe('the watch over a login', () => {
  let clock: FakeClock;
  let now: AuthenticatedUser | null;
  let bus: Listener;
  let watch: LoginWatch;

  beforeEach(() => {
    clock = new FakeClock();
    now = ann;
    const users = { findActive: () => Promise.resolve(now) } as unknown as UserService;
    const changes = { listen: (listener: Listener) => (bus = listener) } as unknown as IdentityChanges;
    watch = new LoginWatch(users, changes, clock);
  });
  const tokenFor = (seconds: number): string => {
    const claims = { exp: clock.now() / 1_000 + seconds };
    return `Bearer head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
  };

  it('ends with the access token', async () => {
    const check = watch.guard(ann, tokenFor(900));
    await expect(check()).resolves.toBeUndefined();
    clock.advance(900_000);
    await expect(check()).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it.each([
    ['is disabled', null],
    ['has another role', { ...ann, role: 'viewer' } as const],
    ['has another tenant', { ...ann, tenant: 'acme' }],
  ])('ends when the user %s', async (_, changed) => {
    const check = watch.guard(ann, undefined);
    await expect(check()).resolves.toBeUndefined();
    now = changed;
    await expect(check()).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('tells at once that something of this user changed, or may have', () => {
    let told = 0;
    const stop = watch.onChange(ann, () => told++);
    bus.changed({ kind: 'user', id: 'another' });
    bus.changed({ kind: 'key', id: ID });
    expect(told).toBe(0);
    bus.changed({ kind: 'user', id: ID });
    bus.missed();
    expect(told).toBe(2);
    stop();
    bus.changed({ kind: 'user', id: ID });
    expect(told).toBe(2);
  });
});
