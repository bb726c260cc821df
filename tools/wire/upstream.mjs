// An OpenAI-compatible server that answers by what it is asked, faults included: a word in the last message says which.

/** Two calls of one turn, their arguments in pieces and interleaved. */
const CALLS = [
  { id: 'call_paris', name: 'weather', arguments: '{"city":"Paris"}' },
  { id: 'call_rome', name: 'weather', arguments: '{"city":"Rome"}' },
];
export const SAID = 'Grüße aus Köln 👋';
export const STRUCTURED = { city: 'Paris', degrees: 21 };

/** `kit`: the scripted upstream's own vocabulary. */
export function answer(kit, request) {
  if (request.method === 'GET') return kit.jsonReply({ object: 'list', data: [] });
  if (request.path.endsWith('/embeddings')) return kit.jsonReply(embeddings(request.json()));
  return chat(kit, request.json());
}

function embeddings({ input, encoding_format: format }) {
  const texts = Array.isArray(input) ? input : [input];
  const vector = Float32Array.from([0.25, -0.5, 1]);
  const embedding = format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
  const data = texts.map((_text, index) => ({ object: 'embedding', index, embedding }));
  return { object: 'list', model: 'mock-small', data, usage: { prompt_tokens: 4, total_tokens: 4 } };
}

function chat(kit, body) {
  const last = body.messages.at(-1);
  const text = textOf(last.content);
  if (text.includes('please refuse')) return kit.errorReply(400, 'The prompt is refused.');
  if (text.includes('please limit')) return kit.errorReply(429, 'Slow down.', { 'retry-after': '1' });
  if (body.tools?.length && last.role !== 'tool') return toolCalls(kit, body);
  const said = sayingOf(body, last, text);
  if (body.stream !== true) return kit.jsonReply(kit.completionJson(said));
  const frames = kit.streamFrames(said.match(/.{1,3}/gsu));
  if (text.includes('please cut')) return kit.sseReply([...frames.slice(0, 3), 'CUT']);
  return kit.sseReply(inTwo(frames));
}

function sayingOf(body, last, text) {
  if (body.response_format?.type === 'json_schema') return JSON.stringify(STRUCTURED);
  if (last.role === 'tool') return `It is ${text}.`;
  return Array.isArray(last.content) && last.content.some(({ type }) => type === 'image_url') ? 'A picture.' : SAID;
}

function toolCalls(kit, body) {
  const calls = CALLS.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function',
    function: { name, arguments: given },
  }));
  if (body.stream !== true) {
    const completion = kit.completionJson('');
    completion.choices[0].message = { role: 'assistant', content: null, tool_calls: calls };
    completion.choices[0].finish_reason = 'tool_calls';
    return kit.jsonReply(completion);
  }
  const begun = calls.map((call, index) => ({ ...call, index, function: { ...call.function, arguments: '' } }));
  const pieces = [0, 8, 16].flatMap((from) =>
    calls.map((call, index) => ({ index, function: { arguments: call.function.arguments.slice(from, from + 8) } })),
  );
  const deltas = [...begun, ...pieces.filter((piece) => piece.function.arguments !== '')];
  return kit.sseReply([
    kit.deltaFrame({ role: 'assistant', content: null }),
    ...deltas.map((call) => kit.deltaFrame({ tool_calls: [call] })),
    kit.deltaFrame({}, 'tool_calls'),
    kit.usageFrame(),
    kit.doneFrame(),
  ]);
}

/** Each frame in two writes, cut inside a character of several bytes where there is one. */
function inTwo(frames) {
  return frames.flatMap((frame) => {
    const bytes = Buffer.from(frame);
    const inCharacter = bytes.findIndex((byte) => byte >= 0x80 && byte < 0xc0);
    const at = inCharacter > 0 ? inCharacter : Math.floor(bytes.length / 2);
    return [bytes.subarray(0, at), bytes.subarray(at)];
  });
}

function textOf(content) {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => part.text ?? '').join('');
}
