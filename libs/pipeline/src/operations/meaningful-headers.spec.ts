import { meaningfulHeaders, tellingHeaders } from './meaningful-headers';

describe('headers that change what is asked', () => {
  it('are the version and the betas of messages, and nothing else that a client sends', () => {
    const headers = {
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'b-2, a-1,b-2',
      'x-api-key': 'secret',
      authorization: 'Bearer secret',
      cookie: 'c',
      'anthropic-dangerous-direct-browser-access': 'true',
    };
    expect(meaningfulHeaders('messages', headers)).toEqual({
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'a-1,b-2',
    });
    expect(meaningfulHeaders('chat', headers)).toBeNull();
    expect(tellingHeaders('chat', headers)).toBeNull();
  });

  it('are none where they are empty', () => {
    expect(meaningfulHeaders('messages', { 'anthropic-beta': ' , ' })).toBeNull();
  });
});
