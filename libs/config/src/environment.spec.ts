import { loadEnvironment } from './load-environment';

const [SECRET, OLD, OLDER] = ['secret', 'old-secret', 'older-secret'].map((name) => name.repeat(6));

describe('the secrets of before', () => {
  it('are a list, with white space where one likes', () => {
    const env = { RELAY_ENCRYPTION_KEY: SECRET, RELAY_ENCRYPTION_KEY_PREVIOUS: `${OLD}, ${OLDER}` };
    expect(loadEnvironment(env)).toMatchObject({ ok: true, value: { RELAY_ENCRYPTION_KEY_PREVIOUS: [OLD, OLDER] } });
  });

  it('count as not set when they are empty', () => {
    const loaded = loadEnvironment({ RELAY_ENCRYPTION_KEY_PREVIOUS: '' });
    expect(loaded.ok && loaded.value.RELAY_ENCRYPTION_KEY_PREVIOUS).toBe(undefined);
  });

  it('are each long enough, and never shown', () => {
    const env = { RELAY_ENCRYPTION_KEY: SECRET, RELAY_ENCRYPTION_KEY_PREVIOUS: `${OLD},short one` };
    const loaded = loadEnvironment(env);
    expect(loaded).toMatchObject({
      ok: false,
      error: [{ path: 'RELAY_ENCRYPTION_KEY_PREVIOUS[1]', allowed: expect.stringContaining('32') as string }],
    });
    expect(JSON.stringify(loaded)).not.toContain('short one');
  });

  it('need one that seals', () => {
    const loaded = loadEnvironment({ RELAY_ENCRYPTION_KEY_PREVIOUS: OLD });
    expect(loaded).toMatchObject({ ok: false, error: [{ path: 'RELAY_ENCRYPTION_KEY', found: 'nothing' }] });
  });
});
