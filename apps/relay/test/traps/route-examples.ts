import { OPERATION_SHAPES, OPERATIONS, type Operation } from '@relay/contracts';
import {
  completionJson,
  deltaFrame,
  doneFrame,
  frame,
  jsonReply,
  rawReply,
  sseReply,
  steps,
  streamFrames,
  type BodyStep,
  type UpstreamScript,
} from '@relay/testing';

/** An event that is named in its data, as Anthropic and the newer routes of OpenAI send them. */
export const event = (type: string, fields: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

/** How a route is asked, and what an upstream that speaks it itself answers. */
export interface RouteExample {
  readonly path: string;
  /** A request for the model `any`; each `text` is another question. */
  body(text: string, more?: Readonly<Record<string, unknown>>): object | FormData;
  /** A whole answer. */
  readonly answer: UpstreamScript;
  /** A stream in three parts: before any content, content, and the end; null where none can be asked for. */
  readonly stream: {
    readonly opening: readonly string[];
    readonly content: string;
    readonly ending: readonly string[];
    /** What only a complete stream has, and once; null where nothing says so. */
    readonly end: string | null;
  } | null;
}

const wav = (): Blob =>
  new Blob([Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), Buffer.alloc(64)])], { type: 'audio/wav' });
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

const json =
  (fields: (text: string) => object) =>
  (text: string, more: object = {}): object => ({ model: 'any', ...fields(text), ...more });

const form =
  (file: () => readonly [string, Blob, string]) =>
  (text: string, more: Readonly<Record<string, unknown>> = {}): FormData => {
    const fields = new FormData();
    fields.set('model', 'any');
    fields.set('prompt', text);
    for (const [name, value] of Object.entries(more)) fields.set(name, String(value));
    fields.set(...file());
    return fields;
  };

const recording = (): [string, Blob, string] => ['file', wav(), 'speech.wav'];
const picture = (): [string, Blob, string] => ['image', new Blob([PNG], { type: 'image/png' }), 'picture.png'];
const chatTurn = (text: string): object => ({ messages: [{ role: 'user', content: text }] });
const image = {
  created: 1,
  data: [{ b64_json: 'AAAA' }],
  usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
};
const transcript = { text: 'Hello', usage: { type: 'tokens', input_tokens: 3, output_tokens: 1, total_tokens: 4 } };

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'up',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 4 },
};
const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'up',
  output: [
    {
      id: 'msg_1',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
    },
  ],
  usage: { input_tokens: 9, output_tokens: 4, total_tokens: 13 },
};
const textCompletion = (text: string, reason: string | null, more: object = {}): object => ({
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1,
  model: 'up',
  choices: [{ index: 0, text, logprobs: null, finish_reason: reason }],
  ...more,
});
const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };

const EXAMPLES: Readonly<Record<Operation, Omit<RouteExample, 'path'>>> = {
  chat: {
    body: json(chatTurn),
    answer: jsonReply(completionJson('Hello')),
    stream: {
      opening: [deltaFrame({ role: 'assistant', content: '' })],
      content: deltaFrame({ content: 'Hello' }),
      ending: streamFrames([]).slice(1),
      end: 'data: [DONE]\n\n',
    },
  },
  completions: {
    body: json((text) => ({ prompt: text })),
    answer: jsonReply(
      textCompletion('Hello', 'stop', { usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 } }),
    ),
    stream: {
      opening: [],
      content: frame(textCompletion('Hello', null)),
      ending: [frame(textCompletion('', 'stop')), doneFrame()],
      end: 'data: [DONE]\n\n',
    },
  },
  responses: {
    body: json((text) => ({ input: text, store: false })),
    answer: jsonReply(response),
    stream: {
      opening: [
        event('response.created', {
          sequence_number: 0,
          response: { ...response, status: 'in_progress', output: [], usage: null },
        }),
      ],
      content: event('response.output_text.delta', { sequence_number: 1, ...place, delta: 'Hello' }),
      ending: [event('response.completed', { sequence_number: 2, response })],
      end: 'event: response.completed\n',
    },
  },
  messages: {
    body: json((text) => ({ max_tokens: 64, ...chatTurn(text) })),
    answer: jsonReply(message),
    stream: {
      opening: [
        event('message_start', { message: { ...message, content: [], stop_reason: null } }),
        event('ping'),
        event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ],
      content: event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hello' } }),
      ending: [
        event('content_block_stop', { index: 0 }),
        event('message_delta', {
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens: 4 },
        }),
        event('message_stop'),
      ],
      end: 'event: message_stop\n',
    },
  },
  embeddings: {
    body: json((text) => ({ input: text })),
    answer: jsonReply({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.5, -0.25] }],
      model: 'up',
      usage: { prompt_tokens: 2, total_tokens: 2 },
    }),
    stream: null,
  },
  moderations: {
    body: json((text) => ({ input: text })),
    answer: jsonReply({ id: 'modr-1', model: 'up', results: [{ flagged: false }] }),
    stream: null,
  },
  'images.generations': {
    body: json((text) => ({ prompt: text })),
    answer: jsonReply(image),
    stream: {
      opening: [],
      content: event('image_generation.partial_image', { b64_json: 'AAAA', partial_image_index: 0 }),
      ending: [event('image_generation.completed', { b64_json: 'BBBB', usage: image.usage })],
      end: 'event: image_generation.completed\n',
    },
  },
  'images.edits': { body: form(picture), answer: jsonReply(image), stream: null },
  'images.variations': { body: form(picture), answer: jsonReply(image), stream: null },
  'audio.speech': {
    body: json((text) => ({ input: text, voice: 'alloy' })),
    answer: rawReply('sound', 'audio/mpeg'),
    stream: { opening: [], content: 'sound', ending: ['and more'], end: null },
  },
  'audio.transcriptions': {
    body: form(recording),
    answer: jsonReply(transcript),
    stream: {
      opening: [],
      content: event('transcript.text.delta', { delta: 'Hello' }),
      ending: [event('transcript.text.done', { text: 'Hello', usage: transcript.usage })],
      end: 'event: transcript.text.done\n',
    },
  },
  'audio.translations': { body: form(recording), answer: jsonReply(transcript), stream: null },
};

export const routeOf = (operation: Operation): RouteExample => ({
  path: `/v1/${OPERATION_SHAPES[operation].path}`,
  ...EXAMPLES[operation],
});

/** All operations that have a stream. Speech streams as bytes; the others as events. */
export const STREAMED = OPERATIONS.filter((operation) => EXAMPLES[operation].stream !== null);
export const STREAMED_AS_EVENTS = STREAMED.filter((operation) => operation !== 'audio.speech');

/** A stream of an upstream that speaks the operation itself. */
export function streamReply(operation: Operation, body: readonly BodyStep[]): UpstreamScript {
  if (operation !== 'audio.speech') return sseReply(body);
  return steps(body, { headers: { 'content-type': 'audio/mpeg' } });
}

/** The request for a stream. */
export function streamBody(operation: Operation, text: string, model = 'any'): object | FormData {
  const asked = operation === 'audio.speech' ? {} : { stream: true };
  return routeOf(operation).body(text, { ...asked, model });
}
