import { apiErrorOf } from './api-error';

describe('errors of the API', () => {
  it('keep code, message and the field that was wrong', () => {
    const body = { error: { message: 'No such tenant.', type: 'x', code: 'not_found', param: 'tenant' } };
    const error = apiErrorOf(new Response('', { status: 404, headers: { 'x-request-id': 'r1' } }), body);
    expect(error).toMatchObject({
      status: 404,
      code: 'not_found',
      message: 'No such tenant.',
      param: 'tenant',
      requestId: 'r1',
    });
  });

  it.each([null, undefined, 'a proxy says no', {}, { error: {} }])(
    'make do with a body from somebody else: %j',
    (body) => {
      const error = apiErrorOf(new Response('', { status: 502 }), body);
      expect(error).toMatchObject({ status: 502, code: 'unknown' });
      expect(error.message).toContain('502');
    },
  );
});
