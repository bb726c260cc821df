import { answeredMessages, askedMessages } from './messages-of';

describe('the conversation of a trace', () => {
  it('is read from chat, with parts and calls of tools', () => {
    const calls = [{ id: 'c', function: { name: 'f', arguments: '{}' } }];
    const image = { type: 'image_url', image_url: { url: 'x' } };
    const request = {
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Look' }, image] },
        { role: 'assistant', content: null, tool_calls: calls },
      ],
    };
    expect(askedMessages(request)).toMatchObject([
      { role: 'user', text: 'Look', extra: [image] },
      { role: 'assistant', extra: calls },
    ]);
    const response = { choices: [{ message: { role: 'assistant', content: '<b>hi</b>' } }] };
    expect(answeredMessages(response)).toEqual([{ role: 'assistant', text: '<b>hi</b>', extra: null }]);
  });

  it('is read from the other protocols too', () => {
    expect(askedMessages({ prompt: 'once' })).toMatchObject([{ role: 'user', text: 'once' }]);
    expect(askedMessages({ instructions: 'Be brief', input: 'hi' })).toMatchObject([
      { role: 'system' },
      { text: 'hi' },
    ]);
    expect(askedMessages({ system: 'S', messages: [{ role: 'user', content: 'hi' }] })).toHaveLength(2);
    expect(answeredMessages({ role: 'assistant', content: [{ type: 'text', text: 'yes' }] })).toMatchObject([
      { text: 'yes' },
    ]);
    expect(
      answeredMessages({ output: [{ type: 'message', role: 'assistant', content: [{ text: 'ok' }] }] }),
    ).toMatchObject([{ text: 'ok' }]);
  });

  it.each([null, 7, 'x', [], { messages: 'no' }, { choices: null }])('makes nothing up of %j', (body) => {
    expect(askedMessages(body)).toEqual([]);
    expect(answeredMessages(body)).toEqual([]);
  });
});
