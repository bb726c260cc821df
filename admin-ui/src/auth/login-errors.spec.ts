import { loginErrorOf } from './login-errors';
import { startAddress } from './login-methods';

describe('what /login?error= means', () => {
  it('is told in words', () => expect(loginErrorOf('/login', '?error=not_allowed')).toMatch(/Ask an owner/));
  it('is nothing where there was no error, or another page', () => {
    expect(loginErrorOf('/login', '')).toBeNull();
    expect(loginErrorOf('/traces', '?error=not_allowed')).toBeNull();
  });
  it('never repeats what the address says', () => {
    expect(loginErrorOf('/login', '?error=call+0900')).toBe('The login failed.');
    expect(loginErrorOf('/login', '?error=constructor')).toBe('The login failed.');
  });
});

describe('the address that begins a login', () => {
  it('leads back to the page that was asked for', () =>
    expect(startAddress('/api/auth/oidc/a/start', '/traces?status=error')).toBe(
      '/api/auth/oidc/a/start?returnTo=%2Ftraces%3Fstatus%3Derror',
    ));
  it('never leads back to the login', () =>
    expect(startAddress('/start', '/login?error=x')).toBe('/start?returnTo=%2F'));
});
