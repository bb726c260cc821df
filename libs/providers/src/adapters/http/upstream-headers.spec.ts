import { secretsOf } from './upstream-headers';

describe('secretsOf', () => {
  it('holds the key and the values of configured headers, longest first', () => {
    const headers = { 'api-key': 'azure-key-123', authorization: 'Bearer token-12', 'x-mode': 'fast' };
    expect(secretsOf({ apiKey: 'key-123', headers })).toEqual([
      'Bearer token-12',
      'azure-key-123',
      'token-12',
      'key-123',
    ]);
  });

  it('leaves out what is too short to be a secret', () => {
    expect(secretsOf({ apiKey: '', headers: { a: '1', b: 'false' } })).toEqual([]);
    expect(secretsOf({})).toEqual([]);
  });
});
