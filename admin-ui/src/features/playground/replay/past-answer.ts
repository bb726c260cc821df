import { answeredMessages } from '../../../api/messages-of';
import { explainRequestOf, whyNotExplained } from '../../../api/past-request';
import type { TraceDetail } from '../../../api/queries/trace.queries';
import type { ChatBody } from '../draft';
import type { LaneState } from '../lane';

const CHAT = '/v1/chat/completions';

/** Why a past request cannot be asked again from here; null if it can. */
export function whyNotReplayed(trace: TraceDetail): string | null {
  if ((trace.endpoint ?? CHAT) !== CHAT)
    return `It came to ${trace.endpoint}: only chat completions are asked again here.`;
  return whyNotExplained(trace);
}

/** The request as it was kept, byte for byte but for what was redacted, to be asked of a model of choice. */
export function replayOf(
  trace: TraceDetail,
  model: string,
): { body: ChatBody; headers: Readonly<Record<string, string>> } {
  const { request, headers = {} } = explainRequestOf(trace);
  return { body: { ...(request as ChatBody), model }, headers };
}

/** What a trace knows of its answer, beside which a new one can be seen. */
export function pastLane(trace: TraceDetail): LaneState {
  const { inputTokens: input, outputTokens: output } = trace;
  const failed = trace.status !== 'ok';
  return {
    title: 'As it was',
    trace,
    dryRun: null,
    answer: {
      phase: failed ? 'failed' : 'done',
      facts: {
        status: trace.httpStatus,
        traceId: trace.id,
        cache: trace.cache,
        model: trace.servedModel,
        provider: trace.provider,
        policy: trace.policy,
        plan: trace.signature,
        queue: trace.queue,
        queueMs: trace.queueMs,
        degraded: trace.degraded.length > 0 ? trace.degraded.join(', ') : null,
        costUsd: trace.costUsd,
      },
      text: answeredMessages(trace.payload?.response)
        .map(({ text }) => text)
        .join('\n\n'),
      pieces: 0,
      ttftMs: trace.ttftMs,
      elapsedMs: trace.totalMs,
      usage: input === null || output === null ? null : { input, output },
      finish: null,
      error: failed ? { code: trace.errorCode ?? trace.status, message: trace.error ?? '' } : null,
    },
  };
}
