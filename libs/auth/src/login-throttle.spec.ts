import { LoginThrottle } from './login-throttle';

const MINUTE_MS = 60_000;
const EMAIL = 'ann@example.org';

describe('the throttle of logins', () => {
  let throttle: LoginThrottle;
  beforeEach(() => (throttle = new LoginThrottle()));

  /** How many of so many attempts may begin; `of` tells e-mail and address of the nth. */
  function allowed(attempts: number, of: (n: number) => [string, string], nowMs = 0): number {
    let begun = 0;
    for (let n = 0; n < attempts; n++) {
      if (throttle.begin(...of(n), nowMs) > 0) continue;
      begun += 1;
      throttle.ended();
    }
    return begun;
  }

  it('holds for an account from one network, whatever its letters and whichever of its addresses', () => {
    const spelt = (n: number): [string, string] => [n % 2 ? EMAIL : EMAIL.toUpperCase(), `2001:db8:1:2::${n + 1}`];
    expect(allowed(30, spelt)).toBe(10);
    expect(allowed(1, spelt, MINUTE_MS)).toBe(1);
  });

  it('holds for one network over all accounts', () => {
    expect(allowed(200, (n) => [`user-${n}@example.org`, '192.0.2.1'])).toBe(60);
  });

  it('holds for an account over all networks, but not where its user has logged in', () => {
    throttle.succeeded(EMAIL, '192.0.2.1');
    expect(allowed(200, (n) => [EMAIL, `198.51.100.${n}`])).toBe(100);
    expect(allowed(1, () => [EMAIL, '192.0.2.1'])).toBe(1);
    expect(allowed(1, () => [EMAIL, '198.51.100.250'], 15 * MINUTE_MS)).toBe(1);
  });

  it('starts anew for an account where its user has logged in', () => {
    for (let n = 0; n < 3; n++) {
      expect(allowed(9, () => [EMAIL, '192.0.2.1'])).toBe(9);
      throttle.succeeded(EMAIL, '192.0.2.1');
    }
  });

  it('lets no more passwords be checked at once than memory is meant for', () => {
    const begin = (n: number): number => throttle.begin(`user-${n}@example.org`, `198.51.100.${n}`, 0);
    const waits = Array.from({ length: 40 }, (_, n) => begin(n));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(32);
    throttle.ended();
    expect(begin(100)).toBe(0);
  });
});
