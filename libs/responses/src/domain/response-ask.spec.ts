import { readAsk } from './response-ask';

const asked = (body: Record<string, unknown>, keeps = true) => readAsk(body, keeps);

describe('what a body asks of the relay itself', () => {
  it('is, by default, to keep the answer and to wait for it', () => {
    const usual = { ok: true, value: { store: true, background: false, stream: false, previousId: null } };
    expect(asked({})).toEqual(usual);
    expect(asked({ store: null, background: null, stream: null, previous_response_id: null })).toEqual(usual);
  });

  it('is taken as it stands', () => {
    expect(asked({ store: false, stream: true, previous_response_id: 'resp_1' })).toEqual({
      ok: true,
      value: { store: false, background: false, stream: true, previousId: 'resp_1' },
    });
  });

  it.each([
    ['store', { store: 'yes' }],
    ['background', { background: 1 }],
    ['stream', { stream: 'no' }],
    ['previous_response_id', { previous_response_id: 7 }],
    ['conversation', { conversation: 'conv_1' }],
    ['background', { background: true, store: false }],
  ])('is refused with the field: %s', (param, body) => {
    expect(asked(body)).toMatchObject({ ok: false, error: { code: 'invalid_request', param } });
  });

  it('keeps nothing where the relay is to keep nothing, and needs nothing kept', () => {
    expect(asked({ store: true }, false)).toMatchObject({ value: { store: false } });
    expect(asked({ previous_response_id: 'resp_1' }, false)).toMatchObject({
      error: { param: 'previous_response_id' },
    });
    expect(asked({ background: true }, false)).toMatchObject({ error: { param: 'background' } });
  });
});
