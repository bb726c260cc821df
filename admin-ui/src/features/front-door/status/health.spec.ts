import { readHealth } from './health';

const up = { status: 'up' };

describe('reading GET /health/ready', () => {
  it('is ready when every part is up, a store that is not configured included', () => {
    const details = { database: up, redis: { status: 'up', configured: false } };
    expect(readHealth(200, { status: 'ok', details, info: details, error: {} })).toEqual({
      state: 'ready',
      parts: [
        { name: 'database', state: 'up', note: null },
        { name: 'redis', state: 'off', note: 'not configured' },
      ],
    });
  });

  it('is degraded when a store is away although the relay still serves', () => {
    const details = { database: { status: 'up', degraded: true, reason: 'ECONNREFUSED' }, redis: up };
    expect(readHealth(200, { details })).toEqual({
      state: 'degraded',
      parts: [
        { name: 'database', state: 'degraded', note: 'ECONNREFUSED' },
        { name: 'redis', state: 'up', note: null },
      ],
    });
  });

  it('refuses while the relay starts or stops, and says which', () => {
    expect(readHealth(503, { status: 'error', error: { relay: { status: 'stopping' } } })).toEqual({
      state: 'refusing',
      parts: [{ name: 'relay', state: 'down', note: 'stopping' }],
    });
  });

  it('names no part when the refusal is an error of the API', () => {
    const error = { message: 'The relay is stopping.', type: 'api_error', code: 'unavailable', param: null };
    expect(readHealth(503, { error })).toEqual({ state: 'refusing', parts: [] });
  });

  it.each([null, 'a proxy says no', [], { details: 7 }, { details: { database: null } }])(
    'makes do with a body from somebody else: %j',
    (body) => expect(readHealth(502, body).state).toBe('refusing'),
  );
});
