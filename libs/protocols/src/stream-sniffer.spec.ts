import { deltaFrame, doneFrame, frame, streamFrames, usageFrame, usageJson } from '@relay/testing';
import { openaiDialect } from './chat/chat-dialect';
import { chatGrammar } from './chat/chat-grammar';
import { groqDialect } from './chat/groq-dialect';
import { MAX_HELD_BYTES } from './sse/sse-frames';
import { StreamSniffer } from './stream-sniffer';

interface Run {
  readonly sniffer: StreamSniffer;
  readonly forwarded: Buffer[];
  readonly text: string;
}

function run(
  chunks: readonly (string | Buffer)[],
  options: { keepUsageFrame?: boolean; dialect?: typeof openaiDialect } = {},
): Run {
  const sniffer = new StreamSniffer({
    grammar: chatGrammar(options.dialect ?? openaiDialect),
    keepUsageFrame: options.keepUsageFrame ?? false,
  });
  const forwarded = chunks.map((chunk) => sniffer.push(Buffer.from(chunk))).filter((out) => out !== null);
  const rest = sniffer.end();
  if (rest) forwarded.push(rest);
  return { sniffer, forwarded, text: Buffer.concat(forwarded).toString() };
}

const role = deltaFrame({ role: 'assistant', content: '' });
const content = deltaFrame({ content: 'Grüße 😀' });
const finish = deltaFrame({}, 'stop');

describe('StreamSniffer', () => {
  it.each(['\n', '\r\n', '\r'])('forwards whole frames whatever the cut, line ends %j', (newline) => {
    const frames = streamFrames(['Grüße', ' 😀'], { newline });
    const bytes = Buffer.from(frames.join(''));
    const expected = frames.slice(0, 4).join('');
    for (let cut = 1; cut < bytes.length; cut++) {
      const { sniffer, forwarded, text } = run([bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(text).toBe(expected);
      expect(forwarded.every((out) => out.toString().endsWith(newline + newline))).toBe(true);
      expect(sniffer).toMatchObject({ done: true, finishReason: 'stop', usage: { inputTokens: 11, outputTokens: 3 } });
    }
    const single = run([...bytes].map((byte) => Buffer.of(byte)));
    expect(single.text).toBe(expected);
    expect(single.sniffer.tail.toString()).toBe(doneFrame(newline));
  });

  it('takes mixed line ends, data without a space, pings and data in several lines', () => {
    const ping = ': ping\n\n';
    const split = 'data:{"choices":[{"delta":\r\ndata:{"content":"x"},"finish_reason":null}]}\r\n\r\n';
    const { text, sniffer } = run([ping + split + deltaFrame({ content: 'y' }) + 'data:[DONE]\r\r']);
    expect(text).toBe(ping + split + deltaFrame({ content: 'y' }));
    expect(sniffer.done).toBe(true);
  });

  it('hands each content frame on in the push that completed it', () => {
    const { forwarded } = run([role, content.slice(0, 9), content.slice(9), finish]);
    expect(forwarded.map(String)).toEqual([role + content, finish]);
  });

  it('holds frames without content until content comes, then lets them go first', () => {
    const sniffer = new StreamSniffer({ grammar: chatGrammar(openaiDialect), keepUsageFrame: false });
    expect(sniffer.push(Buffer.from(role + ': ping\n\n'))).toBeNull();
    expect(sniffer.contentSeen).toBe(false);
    expect(sniffer.push(Buffer.from(content))?.toString()).toBe(role + ': ping\n\n' + content);
    expect(sniffer.contentSeen).toBe(true);
  });

  it.each([{ reasoning_content: 'hm' }, { tool_calls: [{ index: 0 }] }, { refusal: 'no' }, { audio: { id: 'a' } }])(
    'counts %j as content',
    (delta) => {
      expect(run([deltaFrame(delta)]).sniffer.contentSeen).toBe(true);
    },
  );

  it('does not hold life signs without end', () => {
    const pings = Array.from({ length: 1_700 }, () => ': still on it\n\n');
    expect(run(pings).forwarded.length).toBeGreaterThan(0);
  });

  it('strips the usage chunk that the client did not ask for', () => {
    const { text, sniffer } = run([
      role,
      content,
      finish,
      usageFrame({ prompt: 7, completion: 0, cached: 4, reasoning: 0 }),
      doneFrame(),
    ]);
    expect(text).toBe(role + content + finish);
    expect(sniffer.tail.toString()).toBe(doneFrame());
    expect(sniffer.usage).toEqual({ inputTokens: 7, cachedInputTokens: 4, outputTokens: 0, reasoningTokens: 0 });
  });

  it('keeps the usage chunk that the client asked for, in the tail', () => {
    const { text, sniffer } = run([role + content + finish + usageFrame() + doneFrame()], { keepUsageFrame: true });
    expect(text).toBe(role + content + finish);
    expect(sniffer.tail.toString()).toBe(usageFrame() + doneFrame());
  });

  it('keeps the order when more follows the usage chunk', () => {
    const { text } = run([content, usageFrame(), content, doneFrame()], { keepUsageFrame: true });
    expect(text).toBe(content + usageFrame() + content);
  });

  it('reads usage that comes with every chunk: the last counts, null does not', () => {
    const withUsage = (tokens: number | null) =>
      frame({
        choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }],
        usage: tokens === null ? null : usageJson({ prompt: 5, completion: tokens }),
      });
    const { sniffer, text } = run([withUsage(1), withUsage(2), withUsage(null), finish, doneFrame()]);
    expect(sniffer.usage?.outputTokens).toBe(2);
    expect(text).toBe(withUsage(1) + withUsage(2) + withUsage(null) + finish);
  });

  it("reads Groq's usage from the last chunk and leaves the chunk alone", () => {
    const last = frame({
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      x_groq: { id: 'r', usage: usageJson({ prompt: 9, completion: 2 }) },
    });
    const { sniffer, text } = run([content, last, doneFrame()], { dialect: groqDialect });
    expect(sniffer.usage).toMatchObject({ inputTokens: 9, outputTokens: 2 });
    expect(text).toBe(content + last);
  });

  it('is not misled by answers that talk about usage, errors and [DONE]', () => {
    const talk = deltaFrame({ content: '"usage":{"prompt_tokens":99} "error":{} data: [DONE]' });
    const { text, sniffer } = run([content, talk, finish, doneFrame()]);
    expect(text).toBe(content + talk + finish);
    expect(sniffer).toMatchObject({ usage: null, reported: null, done: true });
  });

  it('stops at an error event, which it does not forward', () => {
    const error = frame({ error: { message: 'overloaded' } });
    const { text, sniffer } = run([role + content + `event: error\n${error}` + content]);
    expect(text).toBe(role + content);
    expect(sniffer.reported).toMatchObject({ error: { message: 'overloaded' } });
    expect(run([role, error]).text).toBe(''); // before content nothing was handed out: another target may answer
  });

  it('lets a malformed chunk pass and reads on behind it', () => {
    const bad = 'data: {"choices":[{"delta":{"cont\n\n';
    const { text, sniffer } = run([content, bad, finish, usageFrame(), doneFrame()]);
    expect(text).toBe(content + bad + finish);
    expect(sniffer).toMatchObject({ done: true, finishReason: 'stop' });
    expect(sniffer.usage).not.toBeNull();
  });

  it('ignores what follows [DONE]', () => {
    const { text, sniffer } = run([content + doneFrame() + content, content]);
    expect(text).toBe(content);
    expect(sniffer.tail.toString()).toBe(doneFrame());
  });

  it('drops a torn last frame but takes one that lacks only its blank line', () => {
    expect(run([content, content.slice(0, 30)]).text).toBe(content);
    const { sniffer, text } = run([content, finish.trimEnd()]);
    expect(text).toBe(content + finish);
    expect(sniffer).toMatchObject({ done: false, finishReason: 'stop' });
    expect(run([content, 'data: [DONE]']).sniffer.tail.toString()).toBe(doneFrame());
  });

  it('hands on the frames of an answer without content', () => {
    expect(run([role, doneFrame()]).text).toBe(role);
  });

  it.each([70_000, 1_500_000])('passes a frame of %i bytes in pieces and still reads its usage and end', (size) => {
    const long = frame({
      choices: [{ index: 0, delta: { content: 'x'.repeat(size) }, finish_reason: 'length' }],
      usage: usageJson({ prompt: 1, completion: 2 }),
    });
    const bytes = Buffer.from(role + long + content + doneFrame());
    const chunks = Array.from({ length: Math.ceil(bytes.length / 16_000) }, (_, i) =>
      bytes.subarray(i * 16_000, (i + 1) * 16_000),
    );
    const { text, sniffer, forwarded } = run(chunks);
    expect(text).toBe(role + long + content);
    expect(Math.max(...forwarded.map((out) => out.length))).toBeLessThan(MAX_HELD_BYTES + 32_000);
    expect(sniffer).toMatchObject({ done: true, finishReason: 'length', usage: { inputTokens: 1, outputTokens: 2 } });
  });
});
