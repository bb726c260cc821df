import type { LanguageModelV3GenerateResult, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import type { JsonObject, Usage } from '@relay/protocols';
import { fault, finalFailure } from '../../domain/upstream-failure';
import { chatAnswer } from './chat-answer';
import { ChatFrames } from './chat-frames';
import { callOptions } from './call-options';
import { chatFinishReason } from './finish-reason';
import type { SdkCall } from './sdk-call';
import { streamFailure } from './sdk-failure';
import { usageOf } from './sdk-usage';

/** Asks for one answer to a chat request, whole or as a stream. */
export async function runChat(call: SdkCall, chat: JsonObject): Promise<void> {
  const { context, request, warnings } = call;
  const options = callOptions(chat, request.model, context.vendor, warnings);
  if (!options.ok) return call.fail(finalFailure(options.error));
  const model = (await context.models()).chat(request.model, call.link);
  if (call.settled) return;
  if (!request.stream) return answer(call, await model.doGenerate(options.value));
  const { stream } = await model.doStream(options.value);
  await pump(call, stream);
}

function answer(
  call: SdkCall,
  { content, finishReason, usage, warnings, response }: LanguageModelV3GenerateResult,
): void {
  call.warnings.addAll(warnings);
  const counted = usageOf(usage);
  const reason = chatFinishReason(finishReason);
  if (reason === null) return improper(call, finishReason.raw, counted);
  const { request, context } = call;
  const body = chatAnswer(content, {
    id: response?.id ?? `chatcmpl-${request.requestId}`,
    created: call.created,
    model: response?.modelId ?? request.model,
    vendor: context.vendor.name,
    finishReason: reason,
    usage: counted,
  });
  call.complete({ body: Buffer.from(JSON.stringify(body)), usage: counted, finishReason: reason });
}

/** Takes parts as long as the observer wants more; what is not taken stays with the upstream. */
async function pump(call: SdkCall, stream: ReadableStream<LanguageModelV3StreamPart>): Promise<void> {
  const { request, context } = call;
  const frames = new ChatFrames(request.model, request.requestId, call.created, context.vendor.name);
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (call.settled) return void reader.cancel().catch(() => undefined);
    if (done) return improper(call, undefined, null);
    if (value.type === 'finish') {
      finish(call, frames, value);
      return drain(call, reader);
    }
    if (!take(call, frames, value)) return;
    const { hold } = call.outlet;
    if (hold) await hold;
  }
}

/** False when the call is over. */
function take(call: SdkCall, frames: ChatFrames, part: LanguageModelV3StreamPart): boolean {
  if (part.type === 'stream-start') call.warnings.addAll(part.warnings);
  if (part.type === 'error') return endure(call, part.error);
  const written = frames.write(part);
  if (written !== '') call.handOut(written);
  return true;
}

function endure(call: SdkCall, error: unknown): boolean {
  const failure = streamFailure(error, call.context);
  if (failure) call.fail(failure);
  else call.warnings.add('an event of the stream could not be read and was left out');
  return failure === null;
}

function finish(call: SdkCall, frames: ChatFrames, part: Extract<LanguageModelV3StreamPart, { type: 'finish' }>): void {
  const usage = usageOf(part.usage);
  const finishReason = chatFinishReason(part.finishReason);
  if (finishReason === null) return improper(call, part.finishReason.raw, usage);
  call.handOut(frames.finish(finishReason));
  call.complete({ tail: frames.tail(call.request.clientWantsUsage ? usage : null), usage, finishReason });
}

/** The body may have something left, which the connection has to be rid of. */
async function drain(call: SdkCall, reader: ReadableStreamDefaultReader<unknown>): Promise<void> {
  const stop = call.drain();
  try {
    while (!(await reader.read()).done);
  } catch {
    // the answer is complete
  } finally {
    stop();
  }
}

/** No reason, or an error for one: the answer is not whole. */
function improper(call: SdkCall, raw: string | undefined, usage: Usage | null): void {
  const how = raw === undefined ? 'before it was complete' : `with ${raw.slice(0, 64)}`;
  call.fail(fault('upstream_error', `Provider ${call.context.providerId} ended its answer ${how}.`), usage);
}
