import type { EmbeddingModelV3 } from '@ai-sdk/provider';
import { RelayError } from '@relay/core';
import { type JsonObject, tokenCount, type Usage } from '@relay/protocols';
import { fault, finalFailure } from '../../domain/upstream-failure';
import type { SdkCall } from './sdk-call';

/** Asks for the embeddings of one text or several, in as many requests as the vendor needs for them, one after the other. */
export async function runEmbeddings(call: SdkCall, body: JsonObject): Promise<void> {
  const { context, request } = call;
  const values = textsOf(body['input']);
  if (values === null) return call.fail(finalFailure(unreadableInput()));
  const model = (await context.models()).embeddings?.(request.model, call.link);
  if (call.settled) return;
  if (!model) throw new Error(`${context.vendor.name} has no embeddings`);
  const { embeddings, tokens } = await embedAll(call, model, values, settings(call, body));
  if (embeddings.length !== values.length) {
    return call.fail(fault('upstream_error', `Provider ${context.providerId} sent embeddings of another number.`));
  }
  const data = embeddings.map((one, index) => ({ object: 'embedding', index, embedding: written(one, body) }));
  const counted = tokens === 0 ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } };
  const answer = { object: 'list', data, model: request.model, ...counted };
  call.complete({ body: Buffer.from(JSON.stringify(answer)), usage: usageOf(tokens), finishReason: 'stop' });
}

async function embedAll(
  call: SdkCall,
  model: EmbeddingModelV3,
  values: readonly string[],
  providerOptions: Record<string, never>,
): Promise<{ embeddings: number[][]; tokens: number }> {
  const most = (await model.maxEmbeddingsPerCall) ?? values.length;
  const embeddings: number[][] = [];
  let tokens = 0;
  for (let from = 0; from < values.length && !call.settled; from += most) {
    const result = await model.doEmbed({ values: values.slice(from, from + most), providerOptions });
    call.warnings.addAll(result.warnings);
    embeddings.push(...result.embeddings);
    tokens += tokenCount(result.usage?.tokens) ?? 0;
    call.usedSoFar = usageOf(tokens);
  }
  return { embeddings, tokens };
}

/** Null where the vendor told none. */
const usageOf = (tokens: number): Usage | null =>
  tokens === 0 ? null : { inputTokens: tokens, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };

function settings(call: SdkCall, body: JsonObject): Record<string, never> {
  const { vendor } = call.context;
  const { dimensions, [vendor.name]: own } = body;
  const asked = typeof dimensions === 'number' ? vendor.embeddingOptions?.(dimensions) : undefined;
  return { [vendor.name]: { ...asked, ...(own as object | undefined) } } as Record<string, never>;
}

function textsOf(input: unknown): string[] | null {
  const list: unknown[] = Array.isArray(input) ? input : [input];
  return list.length > 0 && list.every((one) => typeof one === 'string') ? list : null;
}

function unreadableInput(): RelayError {
  const message = 'input is neither a text nor a list of texts: this provider takes no token numbers.';
  return new RelayError('invalid_request', message, { param: 'input' });
}

/** `encoding_format: base64`: 32-bit floats, little-endian, as OpenAI's clients ask for by default. */
const written = (embedding: number[], { encoding_format: format }: JsonObject): number[] | string =>
  format === 'base64' ? Buffer.from(new Float32Array(embedding).buffer).toString('base64') : embedding;
