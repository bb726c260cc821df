import type { TraceRecord } from '../../domain/trace-record';
import { operationName } from './gen-ai-names';
import { known, type SpanAttributes } from './span';

const MS_PER_SECOND = 1_000;
const SERVER_ERROR = 500;

/** What the span of a request says, by OpenTelemetry's GenAI conventions and, under `relay.`, beyond them. Nothing of the prompt. */
export function requestAttributes(record: TraceRecord, providerName: string | null): SpanAttributes {
  return {
    ...known({
      'gen_ai.operation.name': operationName(record.endpoint),
      'gen_ai.provider.name': providerName,
      'gen_ai.request.model': record.model,
      'gen_ai.request.stream': record.stream,
      'gen_ai.request.max_tokens': positive(record.features?.['request.maxTokens']),
      'gen_ai.request.temperature': chosen(record.features?.['request.temperature']),
      'gen_ai.response.model': record.servedModel,
      'gen_ai.response.finish_reasons': record.finishReason ? [record.finishReason] : null,
      'gen_ai.response.time_to_first_chunk':
        record.stream && record.ttftMs !== null ? record.ttftMs / MS_PER_SECOND : null,
      'http.route': record.endpoint,
      'http.response.status_code': record.httpStatus,
      'error.type': record.errorCode,
    }),
    ...usageAttributes(record),
    ...relayAttributes(record),
  };
}

function usageAttributes(record: TraceRecord): SpanAttributes {
  return known({
    'gen_ai.usage.input_tokens': record.inputTokens,
    'gen_ai.usage.output_tokens': record.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': record.cachedInputTokens,
    'gen_ai.usage.cache_creation.input_tokens': record.tokenParts.cacheWriteTokens,
    'gen_ai.usage.reasoning.output_tokens': record.reasoningTokens,
  });
}

/** `trace_id` is what the relay itself knows the request by. */
function relayAttributes(record: TraceRecord): SpanAttributes {
  return known({
    'relay.trace_id': record.id,
    'relay.request_id': record.requestId,
    'relay.tenant': record.tenant,
    'relay.key_id': record.keyId,
    'relay.status': record.status,
    'relay.provider': record.provider,
    'relay.cache': record.cache,
    'relay.cache.source': record.cacheSource,
    'relay.cache.similarity': record.similarity,
    'relay.queue': record.queue,
    'relay.queue_ms': record.queueMs,
    'relay.policy': record.policy,
    'relay.plan': record.signature,
    'relay.degraded': record.degraded.length > 0 ? record.degraded : null,
    'relay.tags': record.tags.length > 0 ? record.tags : null,
    'relay.cost_usd': record.costUsd, // text: money is exact
    'relay.saved_usd': record.savedUsd,
    'relay.usage_estimated': record.usageEstimated ? true : null,
  });
}

/** As the conventions of HTTP have it for servers: what the client did wrong is no error of the server. */
export function requestError({ status, httpStatus, errorCode }: TraceRecord): string | null {
  if (status === 'ok' || status === 'aborted') return null;
  const brokeOff = status === 'error' && httpStatus < 400; // the stream had begun
  return httpStatus >= SERVER_ERROR || brokeOff ? (errorCode ?? 'error') : null;
}

const figure = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** Facts have 1, which is what it is then, where the client said nothing. */
const chosen = (value: unknown): number | null => (value === 1 ? null : figure(value));

/** Facts have 0 where the client said nothing. */
const positive = (value: unknown): number | null => {
  const found = figure(value);
  return found !== null && found > 0 ? found : null;
};
