// A server that speaks each protocol and answers by what it is asked; faults by the model that is asked for, or a word of the last message.
import { askedBy } from './asked.mjs';
import { faultOf } from './faults.mjs';
import { messageJson, messageStream } from './native-messages.mjs';
import { responseJson, responseStream } from './native-responses.mjs';

/** Two calls of one turn, their arguments in pieces and interleaved where the protocol can. */
const CALLS = [
  { id: 'call_paris', name: 'weather', arguments: '{"city":"Paris"}' },
  { id: 'call_rome', name: 'weather', arguments: '{"city":"Rome"}' },
];
/** A PNG of one pixel, in base64. */
export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const SAID = 'Grüße aus Köln 👋';
export const STRUCTURED = { city: 'Paris', degrees: 21 };

/** `whole` and `stream` of an answer: its words, or calls of tools where `words` is null. */
const SPEECH = {
  chat: { whole: chatJson, stream: chatStream },
  messages: { whole: messageJson, stream: messageStream },
  responses: { whole: responseJson, stream: responseStream },
};

/** `kit`: the scripted upstream's own vocabulary. */
export function answer(kit, request) {
  if (request.method === 'GET') return kit.jsonReply({ object: 'list', data: [] });
  if (request.path.endsWith('/embeddings')) return kit.jsonReply(embeddings(request.json()));
  const protocol = request.path.endsWith('/messages') ? 'messages' : request.path.endsWith('/responses') ? 'responses' : 'chat'; // prettier-ignore
  const body = request.json();
  const asked = askedBy(protocol, body);
  const said = asked.hasTools && asked.result === null ? null : sayingOf(asked);
  const { whole, stream } = SPEECH[protocol];
  const frames = () => stream(kit, said?.match(/.{1,3}/gsu) ?? null, CALLS);
  const fault = faultOf(kit, { protocol, model: body.model, asked, frames });
  if (fault) return fault;
  return asked.stream ? kit.sseReply(inTwo(frames())) : kit.jsonReply(whole(kit, said, CALLS));
}

function embeddings({ input, encoding_format: format }) {
  const texts = Array.isArray(input) ? input : [input];
  const vector = Float32Array.from([0.25, -0.5, 1]);
  const embedding = format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
  const data = texts.map((_text, index) => ({ object: 'embedding', index, embedding }));
  return { object: 'list', model: 'mock-small', data, usage: { prompt_tokens: 4, total_tokens: 4 } };
}

function sayingOf({ wantsJson, result, hasPicture }) {
  if (wantsJson) return JSON.stringify(STRUCTURED);
  if (result !== null) return `It is ${result}.`;
  return hasPicture ? 'A picture.' : SAID;
}

function chatJson(kit, said, calls) {
  const completion = kit.completionJson(said ?? '');
  if (said !== null) return completion;
  const toolCalls = calls.map(({ id, name, arguments: given }) => callOf(id, name, given));
  completion.choices[0].message = { role: 'assistant', content: null, tool_calls: toolCalls };
  completion.choices[0].finish_reason = 'tool_calls';
  return completion;
}

function chatStream(kit, words, calls) {
  if (words !== null) return kit.streamFrames(words);
  const begun = calls.map(({ id, name }, index) => ({ index, ...callOf(id, name, '') }));
  const pieces = [0, 8, 16].flatMap((from) =>
    calls.map((call, index) => ({ index, function: { arguments: call.arguments.slice(from, from + 8) } })),
  );
  const deltas = [...begun, ...pieces.filter((piece) => piece.function.arguments !== '')];
  return [
    kit.deltaFrame({ role: 'assistant', content: null }),
    ...deltas.map((call) => kit.deltaFrame({ tool_calls: [call] })),
    kit.deltaFrame({}, 'tool_calls'),
    kit.usageFrame(),
    kit.doneFrame(),
  ];
}

const callOf = (id, name, given) => ({ id, type: 'function', function: { name, arguments: given } });

/** Each frame in two writes, cut inside a character of several bytes where there is one. */
function inTwo(frames) {
  return frames.flatMap((frame) => {
    const bytes = Buffer.from(frame);
    const inCharacter = bytes.findIndex((byte) => byte >= 0x80 && byte < 0xc0);
    const at = inCharacter > 0 ? inCharacter : Math.floor(bytes.length / 2);
    return [bytes.subarray(0, at), bytes.subarray(at)];
  });
}
