import { distinctBodies } from './distinct-bodies';

const message = (content: string): object => ({ role: 'user', content });
const text = (content: string, more: object = {}): string =>
  JSON.stringify({ model: 'small', messages: [message(content)], ...more });

describe('the bodies that are asked ahead of need', () => {
  it('are those that were asked most, each once however it was written', () => {
    const bodies = distinctBodies(
      [
        { text: text('b'), asked: 3 },
        { text: text('a'), asked: 2 },
        { text: text('a', { stream: true, stream_options: { include_usage: true }, user: 'ann' }), asked: 2 },
        { text: `{ "messages": [{ "content": "c", "role": "user" }], "model": "small" }`, asked: 1 },
      ],
      2,
    );
    expect(bodies).toEqual([
      { model: 'small', messages: [message('a')] },
      { model: 'small', messages: [message('b')] },
    ]);
  });

  it('keep what changes the answer', () => {
    const requests = [text('a'), text('a', { temperature: 0.2 }), text('a', { seed: 7 })];
    expect(distinctBodies(requests.map((text) => ({ text, asked: 1 })), 10)).toHaveLength(3); // prettier-ignore
  });

  it('leave out what is no chat completion: cut off, of another kind, nested without end', () => {
    const deep = `{"model":"small","messages":[{"role":"user","content":"a"}],"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const requests = [text('a').slice(0, -5), '{"model":"small"}', '"text"', 'null', '', deep];
    expect(distinctBodies(requests.map((text) => ({ text, asked: 1 })), 10)).toEqual([]); // prettier-ignore
  });
});
