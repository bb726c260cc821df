import { groqDialect } from '../chat/groq-dialect';
import { isJsonObject, jsonObjects, type JsonObject } from '../json/json-object';
import { readUsage, type Usage } from '../usage';
import { CallPieces, type CallSoFar } from './call-pieces';
import { type ItemStatus, OpenCall, OpenParts, type OutputPlace } from './open-items';
import type { EventSink } from './response-events';
import { begunResponse, identityOf, itemId, type ResponseIdentity, responseUsage } from './response-object';

/** Why an answer of chat ended before its time, in the words of responses. */
const INCOMPLETE: Readonly<Record<string, string>> = { length: 'max_output_tokens', content_filter: 'content_filter' };

/**
 * Makes a response of what chat says, bit by bit, and tells each bit as an event. Items in the order in which they began:
 *
 *     reasoning ─► closed when words come ─► message ─► closed when calls come ─► calls, side by side, open to the end
 */
export class ResponseBuilder {
  private begun: { readonly identity: ResponseIdentity; readonly response: JsonObject } | null = null;
  private readonly output: JsonObject[] = [];
  private thought: OpenParts | null = null;
  private message: OpenParts | null = null;
  private readonly pieces = new CallPieces();
  private readonly calls = new Map<CallSoFar, OpenCall>();
  private finishReason: string | null = null;
  private usage: Usage | null = null;

  constructor(
    private readonly asked: JsonObject,
    private readonly sink: EventSink,
  ) {}

  /** A chunk of chat, or a whole completion, of which `delta` is the message. */
  add(chunk: JsonObject, choice: JsonObject | undefined, delta: unknown): void {
    const { response } = this.begin(chunk);
    this.usage = readUsage(groqDialect.usageOf(chunk)) ?? this.usage;
    if (typeof chunk['service_tier'] === 'string') response['service_tier'] = chunk['service_tier'];
    if (!choice) return;
    if (isJsonObject(delta)) this.say(delta, choice['logprobs']);
    const { finish_reason: reason } = choice;
    if (typeof reason === 'string') this.finishReason = reason;
  }

  /** The answer is complete. */
  finish(): JsonObject {
    const { response } = this.begin({});
    const reason = INCOMPLETE[this.finishReason ?? ''];
    this.closeAll(reason === undefined ? 'completed' : 'incomplete');
    response['output'] = this.output;
    response['usage'] = this.usage && responseUsage(this.usage);
    response['status'] = reason === undefined ? 'completed' : 'incomplete';
    if (reason !== undefined) response['incomplete_details'] = { reason };
    this.sink.add(reason === undefined ? 'response.completed' : 'response.incomplete', { response });
    return response;
  }

  private begin(chunk: JsonObject): NonNullable<ResponseBuilder['begun']> {
    if (this.begun) return this.begun;
    const identity = identityOf(chunk, this.asked);
    this.begun = { identity, response: begunResponse(identity, this.asked) };
    const { response } = this.begun;
    this.sink.add('response.created', { response });
    this.sink.add('response.in_progress', { response });
    return this.begun;
  }

  private say(delta: JsonObject, logprobs: unknown): void {
    const thought = textOf(delta['reasoning_content'] ?? delta['reasoning']);
    if (thought !== '') this.think(thought);
    const content = textOf(delta['content']);
    if (content !== '') this.speak('output_text', content, likelihoods(logprobs));
    const refusal = textOf(delta['refusal']);
    if (refusal !== '') this.speak('refusal', refusal);
    for (const annotation of jsonObjects(delta['annotations'])) this.message?.annotate(flatAnnotation(annotation));
    for (const piece of jsonObjects(delta['tool_calls'])) {
      const call = this.pieces.add(piece);
      if (call.name !== '') this.call(call); // nobody can make use of a call before its name is known
    }
  }

  /** Who asked for a summary reads nothing else. */
  private think(piece: string): void {
    this.closeMessage('completed');
    const { reasoning } = this.asked;
    const wantsSummary = isJsonObject(reasoning) && typeof reasoning['summary'] === 'string';
    this.thought ??= this.beginThought(wantsSummary);
    this.thought.say(wantsSummary ? 'summary_text' : 'reasoning_text', piece);
  }

  private beginThought(wantsSummary: boolean): OpenParts {
    const parts: JsonObject[] = [];
    const lists = wantsSummary ? { summary: parts } : { summary: [], content: parts };
    return new OpenParts(...this.place('rs', { type: 'reasoning', ...lists }), parts);
  }

  private speak(type: 'output_text' | 'refusal', piece: string, logprobs?: readonly unknown[]): void {
    this.closeThought('completed');
    this.message ??= this.beginMessage();
    this.message.say(type, piece, logprobs);
  }

  private beginMessage(): OpenParts {
    const parts: JsonObject[] = [];
    return new OpenParts(...this.place('msg', { type: 'message', role: 'assistant', content: parts }), parts);
  }

  private call(call: CallSoFar): void {
    this.closeThought('completed');
    this.closeMessage('completed');
    const open = this.openCall(call);
    if (call.held !== '') open.say(call.held);
    call.held = '';
  }

  private openCall(call: CallSoFar): OpenCall {
    const known = this.calls.get(call);
    if (known) return known;
    const { identity } = this.begin({});
    call.id ||= itemId('call', identity, this.output.length);
    const { id: call_id, name } = call;
    const open = call.isCustom
      ? new OpenCall(...this.place('ctc', { type: 'custom_tool_call' as const, call_id, name, input: '' }))
      : new OpenCall(...this.place('fc', { type: 'function_call' as const, call_id, name, arguments: '' }));
    this.calls.set(call, open);
    return open;
  }

  /** Puts an item into the output: where it is, and the item with its id. */
  private place<T extends JsonObject>(prefix: string, fields: T): [OutputPlace, T] {
    const { identity } = this.begin({});
    const index = this.output.length;
    const id = itemId(prefix, identity, index);
    const item = { id, ...fields, status: 'in_progress' };
    this.output.push(item);
    return [{ sink: this.sink, index, id }, item];
  }

  private closeThought(status: ItemStatus): void {
    this.thought?.close(status);
    this.thought = null;
  }

  private closeMessage(status: ItemStatus): void {
    this.message?.close(status);
    this.message = null;
  }

  /** Only what came last can have been cut short. */
  private closeAll(status: ItemStatus): void {
    for (const call of this.pieces.calls) if (!this.calls.has(call)) this.call(call); // whose name never came
    this.closeThought(status);
    this.closeMessage(status);
    const calls = [...this.calls.values()];
    for (const [i, call] of calls.entries()) call.close(i === calls.length - 1 ? status : 'completed');
  }
}

/** A string, or the texts of a list of parts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return jsonObjects(content)
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('');
}

const likelihoods = (logprobs: unknown): JsonObject[] =>
  jsonObjects(isJsonObject(logprobs) ? logprobs['content'] : null);

/** Chat puts what an annotation says into a field named after its type. */
function flatAnnotation(annotation: JsonObject): JsonObject {
  const { type } = annotation;
  const said = typeof type === 'string' ? annotation[type] : undefined;
  return isJsonObject(said) ? { type, ...said } : annotation;
}
