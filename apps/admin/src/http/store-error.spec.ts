import { RelayError } from '@relay/core';
import { storeError } from './store-error';

const failed = (code: string, message = 'it failed') => Object.assign(new Error(message), { code });

describe('an error of the store', () => {
  it.each([
    ['ECONNREFUSED', /does not answer/],
    ['08006', /does not answer/],
    ['57P01', /does not answer/],
    ['25006', /takes no writes/],
    ['53100', /no room: its disk is full/],
    ['53200', /out of memory or connections/],
    ['53300', /out of memory or connections/],
    ['57014', /Narrow the range/],
  ])('%s is no fault of the request, and passes', (code, message) => {
    const error = storeError(failed(code));
    expect(error).toMatchObject({
      code: 'unavailable',
      status: 503,
      message: expect.stringMatching(message) as string,
    });
    expect(error?.retryAfterSeconds).toBeGreaterThan(0);
  });

  it('is told by its message where it has no code', () => {
    expect(storeError(new Error('timeout exceeded when trying to connect'))).toMatchObject({ code: 'unavailable' });
  });

  it('is not what a wrong statement causes, nor what the relay itself refuses', () => {
    for (const other of [failed('42P01'), failed('22008'), failed('23505'), new RelayError('forbidden', 'No.'), 'text'])
      expect(storeError(other)).toBeUndefined();
  });
});
