import { FakeClock } from '@relay/testing';
import { sharedSecret } from '../tokens/signing-keys';
import { LOGIN_STATE_SECONDS, type LoginState, LoginStates } from './login-state';

const SECRET = 'a secret that all processes share';
const STATE: LoginState = { provider: 'sso', state: 's', nonce: 'n', verifier: 'v', returnTo: '/traces' };

describe('what a browser carries between the steps of a login', () => {
  const clock = new FakeClock();
  const process = (secret = SECRET): LoginStates => new LoginStates(sharedSecret(secret), clock);

  it('is understood by every process of the relay', async () => {
    expect(await process().open(await process().seal(STATE), 'sso')).toMatchObject(STATE);
  });

  it('is nothing to other relays, for other providers, or where it was changed', async () => {
    const sealed = await process().seal(STATE);
    const [head, body = '', signature] = sealed.split('.');
    const changed = Buffer.from(Buffer.from(body, 'base64url').toString().replace('/traces', '/queues'));
    expect(await process('another secret of another relay').open(sealed, 'sso')).toBeNull();
    expect(await process().open(sealed, 'other')).toBeNull();
    expect(await process().open(`${head}.${changed.toString('base64url')}.${signature}`, 'sso')).toBeNull();
    for (const text of [undefined, '', 'a.b.c']) expect(await process().open(text, 'sso')).toBeNull();
  });

  it('ends after a while', async () => {
    const sealed = await process().seal(STATE);
    clock.advance((LOGIN_STATE_SECONDS - 1) * 1_000);
    expect(await process().open(sealed, 'sso')).not.toBeNull();
    clock.advance(1_000);
    expect(await process().open(sealed, 'sso')).toBeNull();
  });
});
