import type { Operation } from '@relay/contracts';
import { openaiDialect } from '../chat/chat-dialect';
import { grammarOf } from '../read-answer';
import { readingOf } from '../request-reading';
import { StreamSniffer } from '../stream-sniffer';

const FILE = { filename: 'a.wav', contentType: 'audio/wav', bytes: 9 };
const text = (said: string): object => ({ type: 'text', text: said });

/** The question that plans, guards and limits read. */
function questionOf(operation: Operation, body: object): object {
  const reading = readingOf(operation);
  const checked = reading.schema.safeParse(body);
  if (!checked.success) throw checked.error;
  const chat = reading.toChat(body as Record<string, unknown>);
  if (!chat.ok) throw chat.error;
  const { messages, ...rest } = chat.value;
  return { ...rest, content: messages[0]?.content };
}

const fieldRefused = (operation: Operation, body: object): unknown =>
  readingOf(operation).schema.safeParse(body).error?.issues[0]?.path[0];

describe('what is asked beside generated text', () => {
  it.each<[Operation, object, object]>([
    ['embeddings', { model: 'e', input: 'Hi', user: 'u' }, { model: 'e', content: 'Hi', user: 'u' }],
    ['embeddings', { model: 'e', input: ['a', 'b'] }, { model: 'e', content: [text('a'), text('b')] }],
    ['embeddings', { model: 'e', input: [1, 2, 3] }, { model: 'e', content: [{ type: 'tokens', tokens: [1, 2, 3] }] }],
    ['moderations', { input: 'Hi' }, { model: 'auto', content: 'Hi' }],
    ['moderations', { model: 'm', input: [text('a')] }, { model: 'm', content: [text('a')] }],
    [
      'images.generations',
      { prompt: 'A fox', n: 2, stream: true },
      { model: 'auto', content: 'A fox', n: 2, stream: true },
    ],
    ['images.edits', { model: 'i', image: FILE, prompt: 'x', n: '2' }, { model: 'i', content: 'x', n: 2 }],
    [
      'images.edits',
      { 'image[]': [FILE, FILE], prompt: 'x', stream: 'true' },
      { model: 'auto', content: 'x', stream: true },
    ],
    ['images.variations', { image: FILE }, { model: 'auto', content: '' }],
    ['audio.speech', { model: 'v', input: 'Hi', voice: 'alloy' }, { model: 'v', content: 'Hi', stream: true }],
    ['audio.transcriptions', { model: 'a', file: FILE, prompt: 'Names' }, { model: 'a', content: 'Names' }],
    ['audio.transcriptions', { model: 'a', file: FILE, stream: 'true' }, { model: 'a', content: '', stream: true }],
    ['audio.translations', { model: 'a', file: FILE }, { model: 'a', content: '' }],
  ])('of %s is read as one message: %j', (operation, body, question) => {
    expect(questionOf(operation, body)).toEqual(question);
  });

  it.each<[Operation, string, object]>([
    ['embeddings', 'model', { input: 'x' }],
    ['embeddings', 'input', { model: 'e', input: [] }],
    ['embeddings', 'dimensions', { model: 'e', input: 'x', dimensions: 0 }],
    ['moderations', 'input', {}],
    ['images.generations', 'prompt', { model: 'i' }],
    ['images.edits', 'image', { prompt: 'x' }],
    ['images.edits', 'image', { prompt: 'x', image: 'a text' }],
    ['images.variations', 'n', { image: FILE, n: 'two' }],
    ['audio.speech', 'input', { model: 'v' }],
    ['audio.transcriptions', 'file', { model: 'a' }],
    ['audio.transcriptions', 'file', { model: 'a', file: 'a text' }],
    ['audio.transcriptions', 'stream', { model: 'a', file: FILE, stream: 'yes' }],
    ['audio.translations', 'model', { file: FILE }],
  ])('of %s is refused for its %s', (operation, field, body) => {
    expect(fieldRefused(operation, body)).toBe(field);
  });
});

describe('a stream of events that name their type', () => {
  const frame = (event: object): string => `data: ${JSON.stringify(event)}\n\n`;
  const sniff = (): StreamSniffer =>
    new StreamSniffer({ grammar: grammarOf('audio.transcriptions', openaiDialect), keepUsageFrame: true });
  const delta = frame({ type: 'transcript.text.delta', delta: 'Hi' });
  const usage = { input_tokens: 9, output_tokens: 2, total_tokens: 11 };
  const done = frame({ type: 'transcript.text.done', text: 'Hi', usage });

  it('passes as it came; its last event is held until the stream is at its end', () => {
    const sniffer = sniff();
    expect(sniffer.push(Buffer.from(delta))?.toString()).toBe(delta);
    expect(sniffer.push(Buffer.from(done))).toBeNull();
    expect(sniffer.end()).toBeNull();
    expect(sniffer.tail.toString()).toBe(done);
    expect(sniffer).toMatchObject({
      finishReason: 'stop',
      usage: { inputTokens: 9, outputTokens: 2 },
      contentSeen: true,
    });
  });

  it('keeps a [DONE] and several last events, in their order', () => {
    const sniffer = sniff();
    const passed = sniffer.push(Buffer.from(delta + done + done + delta))?.toString();
    expect(passed).toBe(delta + done + done + delta);
    expect(sniffer.push(Buffer.from(`${done}data: [DONE]\n\n`))).toBeNull();
    expect(sniffer.tail.toString()).toBe(`${done}data: [DONE]\n\n`);
    expect(sniffer.done).toBe(true);
  });

  it('is told apart from one that was cut', () => {
    const sniffer = sniff();
    sniffer.push(Buffer.from(delta));
    sniffer.end();
    expect(sniffer.finishReason).toBeNull();
  });

  it('tells of an image too long to hold by how it begins and ends', () => {
    const sniffer = sniff();
    const image = frame({ type: 'image_generation.completed', b64_json: 'A'.repeat(100_000), usage });
    const passed = [image.slice(0, 70_000), image.slice(70_000)].map((part) =>
      sniffer.push(Buffer.from(part))?.toString(),
    );
    expect(passed.join('')).toBe(image);
    expect(sniffer).toMatchObject({ finishReason: 'stop', usage: { outputTokens: 2 } });
  });

  it.each([{ type: 'error', message: 'no' }, { error: { message: 'no' } }])('reports the error %j', (event) => {
    const sniffer = sniff();
    sniffer.push(Buffer.from(delta));
    sniffer.push(Buffer.from(frame(event)));
    expect(sniffer.reported).toMatchObject({ error: { message: 'no' } });
  });
});
