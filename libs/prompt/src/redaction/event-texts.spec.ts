import fc from 'fast-check';
import { restoreCompletion } from './restore-completion';
import { StreamRestorer } from './stream-restorer';

const KEY = '-----BEGIN "KEY"-----\n\\é';
const table = new Map([
  ['[EMAIL_1]', 'alice@example.com'],
  ['[PRIVATE_KEY_1]', KEY],
]);

interface Event {
  readonly type: string;
  readonly delta?: unknown;
  readonly [field: string]: unknown;
}

const frame = (event: Event): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

function restored(events: readonly Event[], jsonContent = false): Event[] {
  const restorer = new StreamRestorer(table, { jsonContent });
  const out = events.map((event) => restorer.push(Buffer.from(frame(event))).toString());
  const stream = out.join('') + restorer.end(Buffer.alloc(0)).toString();
  const data = stream.split('\n').filter((line) => line.startsWith('data: '));
  return data.map((line) => JSON.parse(line.slice(6)) as Event);
}

const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
const says = (delta: string): Event => ({ type: 'response.output_text.delta', ...place, delta });
const said = (text: string): Event => ({ type: 'response.output_text.done', ...place, text });
const textOf = (events: readonly Event[]): string =>
  events.map(({ delta }) => (typeof delta === 'string' ? delta : '')).join('');

/** A text cut anywhere. */
const torn = (text: string): fc.Arbitrary<string[]> =>
  fc.array(fc.nat(text.length), { maxLength: 6 }).map((cuts) => {
    const edges = [...[...cuts].sort((a, b) => a - b), text.length];
    return edges.map((edge, i) => text.slice(i === 0 ? 0 : edges[i - 1], edge));
  });

describe('restoring the events of a response', () => {
  it('puts originals in however a placeholder is torn, and in what tells the whole text', () => {
    const text = 'Write to [EMAIL_1] or [EMAIL_2] [x]';
    fc.assert(
      fc.property(torn(text), (pieces) => {
        const events = restored([...pieces.map(says), said(text)]);
        const whole = 'Write to alice@example.com or [EMAIL_2] [x]';
        expect(textOf(events)).toBe(whole);
        expect(events.at(-1)).toEqual(said(whole));
      }),
    );
  });

  it('hands on what only looked like one before its text ends', () => {
    const events = restored([says('See ['), says('EMA'), said('See [EMA'), { type: 'response.completed' }]);
    expect(textOf(events)).toBe('See [EMA');
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['response.output_text.done', 'response.completed']);
  });

  it('keeps the texts of parallel calls apart, and their arguments JSON', () => {
    const argues = (output_index: number, delta: string): Event => ({
      type: 'response.function_call_arguments.delta',
      item_id: `fc_${output_index}`,
      output_index,
      delta,
    });
    const events = restored([
      argues(0, '{"k":"[PRIV'),
      argues(1, '["[EMAIL'),
      argues(0, 'ATE_KEY_1]"}'),
      argues(1, '_1]"]'),
    ]);
    const of = (index: number): unknown =>
      JSON.parse(textOf(events.filter((event) => event['output_index'] === index)));
    expect([of(0), of(1)]).toEqual([{ k: KEY }, ['alice@example.com']]);
    const call = { type: 'function_call', arguments: '{"k":"[PRIVATE_KEY_1]"}' };
    const [done] = restored([{ type: 'response.output_item.done', item: call }]);
    expect(JSON.parse((done!['item'] as typeof call).arguments)).toEqual({ k: KEY });
  });

  it('escapes originals twice where JSON was asked for', () => {
    const json = '{"k":"[PRIVATE_KEY_1]"}';
    const [piece, whole] = restored([says(json), said(json)], true);
    expect(JSON.parse(String(piece?.delta))).toEqual({ k: KEY });
    expect(JSON.parse(String(whole?.['text']))).toEqual({ k: KEY });
  });

  it('leaves other events as the bytes they came in', () => {
    const bytes = 'event: response.created\ndata: {"type" : "response.created","n":1.0,"tools":["A"]}\n\n';
    const restorer = new StreamRestorer(table, { jsonContent: false });
    expect(restorer.push(Buffer.from(bytes)).toString()).toBe(bytes);
  });
});

describe('restoring the events of a message', () => {
  const adds = (index: number, delta: object): Event => ({ type: 'content_block_delta', index, delta });

  it('puts originals in by block, and hands on what was held before a block ends', () => {
    const events = restored([
      adds(0, { type: 'text_delta', text: 'To [EMAIL' }),
      adds(0, { type: 'text_delta', text: '_1] [EM' }),
      { type: 'content_block_stop', index: 0 },
      adds(1, { type: 'input_json_delta', partial_json: '{"k":"[PRIVATE_KEY_1]"}' }),
      { type: 'message_stop' },
    ]);
    const deltas = events.map(({ delta }) => (delta ?? {}) as { text?: string; partial_json?: string });
    expect(deltas.map(({ text }) => text ?? '').join('')).toBe('To alice@example.com [EM');
    expect(JSON.parse(deltas.map(({ partial_json: json }) => json ?? '').join(''))).toEqual({ k: KEY });
    expect(events.map(({ type }) => type)).toEqual([
      'content_block_delta',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'content_block_delta',
      'message_stop',
    ]);
  });
});

describe('restoring a whole answer', () => {
  it.each([
    ['a response', { id: '[EMAIL_1]', output: [{ content: [{ type: 'output_text', text: 'To [EMAIL_1]' }] }] }],
    ['a message', { id: '[EMAIL_1]', content: [{ type: 'text', text: 'To [EMAIL_1]' }] }],
  ])('puts originals into what %s says', (_what, answer) => {
    const restoredAnswer = restoreCompletion(JSON.stringify(answer), table, { jsonContent: false });
    expect(restoredAnswer).toBe(JSON.stringify(answer).replace('To [EMAIL_1]', 'To alice@example.com'));
  });
});
