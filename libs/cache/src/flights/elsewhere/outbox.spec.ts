import { Gate } from '@relay/testing';
import type { Step } from './flight-messages';
import { MAX_PAYLOAD_BYTES, Outbox } from './outbox';

interface Sent {
  readonly step: Step;
  readonly text: string;
}

const frames = (more = false): Step => ({ type: 'bytes', of: 'frames', more });
/** One turn of the event loop: what can be sent is sent. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function outboxWith(send: () => Promise<void>) {
  const sent: Sent[] = [];
  const lost = jest.fn();
  const outbox = new Outbox(
    (step, payload) => {
      sent.push({ step, text: Buffer.concat(payload).toString() });
      return send();
    },
    () => undefined,
    lost,
  );
  return { outbox, sent, lost };
}

describe('what a follower is told', () => {
  it('leaves in the tick it came; what comes while it is on its way goes together, in order', async () => {
    const gate = new Gate();
    const { outbox, sent } = outboxWith(() => gate.pass());
    outbox.addBytes('frames', Buffer.from('one '));
    expect(sent).toEqual([{ step: frames(), text: 'one ' }]);
    for (const word of ['two ', 'three ']) outbox.addBytes('frames', Buffer.from(word));
    outbox.add({ type: 'flying' });
    outbox.addBytes('frames', Buffer.from('four'));
    expect(sent).toHaveLength(1);
    gate.open();
    await turn();
    expect(sent.slice(1)).toEqual([
      { step: frames(), text: 'two three ' },
      { step: { type: 'flying' }, text: '' },
      { step: frames(), text: 'four' },
    ]);
    expect(outbox.isEmpty).toBe(true);
  });

  it('goes in pieces when it is larger than a message', async () => {
    const { outbox, sent } = outboxWith(() => Promise.resolve());
    const text = 'x'.repeat(MAX_PAYLOAD_BYTES * 2 + 1);
    outbox.addBytes('frames', Buffer.from(text));
    await turn();
    expect(sent.map(({ step }) => step)).toEqual([frames(true), frames(true), frames()]);
    expect(sent.map((piece) => piece.text).join('')).toBe(text);
  });

  it('asks to wait when a message is full', async () => {
    const gate = new Gate();
    const { outbox } = outboxWith(() => gate.pass());
    outbox.addBytes('frames', Buffer.from('on its way'));
    outbox.addBytes('frames', Buffer.alloc(MAX_PAYLOAD_BYTES - 1));
    expect(outbox.isFull).toBe(false);
    outbox.addBytes('frames', Buffer.alloc(1));
    expect(outbox.isFull).toBe(true);
    gate.open();
    await turn();
    expect(outbox.isFull).toBe(false);
  });

  it('is given up when the follower cannot be reached', async () => {
    const { outbox, sent, lost } = outboxWith(() => Promise.reject(new Error('nobody')));
    outbox.addBytes('frames', Buffer.from('one'));
    outbox.add({ type: 'flying' });
    await turn();
    outbox.add({ type: 'flying' });
    await turn();
    expect(sent).toHaveLength(1);
    expect(lost).toHaveBeenCalledTimes(1);
  });
});
