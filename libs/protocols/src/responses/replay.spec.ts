import type { JsonObject } from '../json/json-object';
import { readSseData } from '../sse/sse-data';
import { replayResponse } from './replay';
import { ResponseAssembler } from './response-assembler';

const ANNOTATION = { type: 'url_citation', url: 'https://example.com', title: 'Example', start_index: 0, end_index: 3 };
const ANSWER = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  completed_at: 1_700_000_002,
  status: 'completed',
  model: 'm',
  error: null,
  incomplete_details: null,
  output: [
    { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'I looked it up.' }] },
    { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'x' } },
    {
      id: 'msg_1',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [
        { type: 'output_text', text: 'The answer is forty two.', annotations: [ANNOTATION], logprobs: [] },
        { type: 'refusal', refusal: 'But I will not say why.' },
      ],
    },
    {
      id: 'fc_1',
      type: 'function_call',
      status: 'completed',
      call_id: 'call_1',
      name: 'look',
      arguments: '{"at":"it"}',
    },
    { id: 'ctc_1', type: 'custom_tool_call', call_id: 'call_2', name: 'sql', input: 'SELECT 1' },
  ],
  usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
};

interface Event extends JsonObject {
  readonly type: string;
}

const replayed = (answer: JsonObject, inPieces: boolean): Buffer[] =>
  replayResponse(Buffer.from(JSON.stringify(answer)), inPieces);
const eventsOf = (frames: readonly Buffer[]): Event[] =>
  readSseData(Buffer.concat([...frames]).toString('utf8')).payloads.map((payload) => JSON.parse(payload) as Event);

describe('a stored response as a stream', () => {
  it.each([true, false])('says what it says, numbered without a gap (in pieces: %s)', (inPieces) => {
    const frames = replayed(ANSWER, inPieces);
    const events = eventsOf(frames);
    expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, i) => i));
    const assembler = new ResponseAssembler(1_000_000);
    for (const frame of frames) assembler.push(frame);
    expect(JSON.parse(assembler.finish()?.toString('utf8') ?? 'null')).toEqual(ANSWER);
  });

  it('begins as if nothing had been said', () => {
    const [created, inProgress] = eventsOf(replayed(ANSWER, false));
    for (const event of [created, inProgress]) {
      expect(event?.['response']).toMatchObject({
        id: 'resp_1',
        status: 'in_progress',
        output: [],
        usage: null,
        completed_at: null,
      });
    }
  });

  it('tells each text in its events, as many as it has words where it is told in pieces', () => {
    const textOf = (events: readonly Event[], type: string): string =>
      events.map((event) => (event.type === `response.${type}.delta` ? String(event['delta']) : '')).join('');
    for (const inPieces of [true, false]) {
      const events = eventsOf(replayed(ANSWER, inPieces));
      expect(textOf(events, 'output_text')).toBe('The answer is forty two.');
      expect(textOf(events, 'refusal')).toBe('But I will not say why.');
      expect(textOf(events, 'reasoning_summary_text')).toBe('I looked it up.');
      expect(textOf(events, 'function_call_arguments')).toBe('{"at":"it"}');
      expect(textOf(events, 'custom_tool_call_input')).toBe('SELECT 1');
      const spoken = events.filter(({ type }) => type === 'response.output_text.delta');
      expect(spoken.length).toBe(inPieces ? 5 : 1);
      expect(events.find(({ type }) => type === 'response.output_text.annotation.added')).toMatchObject({
        item_id: 'msg_1',
        output_index: 2,
        annotation_index: 0,
        annotation: ANNOTATION,
      });
    }
  });

  it('announces items empty and in progress, and ends them whole', () => {
    const events = eventsOf(replayed(ANSWER, false));
    const added = events.filter(({ type }) => type === 'response.output_item.added').map(({ item }) => item);
    const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
    expect(added).toMatchObject([
      { id: 'rs_1', summary: [] },
      { id: 'ws_1', status: 'in_progress' },
      { id: 'msg_1', status: 'in_progress', content: [] },
      { id: 'fc_1', status: 'in_progress', arguments: '' },
      { id: 'ctc_1', input: '' },
    ]);
    expect(done).toEqual(ANSWER.output);
  });

  it('gives nobody the end before the last frame, which says how it ended', () => {
    const cut = { ...ANSWER, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    for (const [answer, type] of [
      [ANSWER, 'response.completed'],
      [cut, 'response.incomplete'],
    ] as const) {
      const frames = replayed(answer, true);
      expect(eventsOf(frames.slice(-1))).toMatchObject([{ type, response: answer }]);
      expect(Buffer.concat(frames.slice(0, -1)).toString('utf8')).not.toContain(`event: ${type}`);
    }
  });

  it('has an end also where nothing was said', () => {
    expect(eventsOf(replayed({ ...ANSWER, output: [] }, true)).map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.completed',
    ]);
  });
});
