import { askedMessages } from '../../api/messages-of';
import type { TraceDetail } from '../../api/queries/trace.queries';
import { EMPTY_DRAFT, type Draft, type Turn } from './draft';

export interface Prefill {
  readonly draft: Draft;
  readonly model: string | null;
  readonly tenant: string | null;
  readonly leftOut: boolean; // parts that are not text: images, calls of tools
}

/** The form as it was for a past request; null where its messages are not kept, or not for these eyes. */
export function prefillOf(trace: TraceDetail): Prefill | null {
  if (trace.payload?.request == null) return null;
  const request = trace.payload.request;
  const messages = askedMessages(request);
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer').map(({ text }) => text);
  const turns = messages
    .filter(({ role }) => role !== 'system' && role !== 'developer')
    .map(({ role, text }): Turn => ({ role: role === 'assistant' ? 'assistant' : 'user', text }));
  const fields = typeof request === 'object' ? (request as Readonly<Record<string, unknown>>) : {};
  return {
    draft: {
      ...EMPTY_DRAFT,
      system: system.join('\n\n'),
      turns: turns.length > 0 ? turns : EMPTY_DRAFT.turns,
      temperature: numberText(fields.temperature),
      topP: numberText(fields.top_p),
      maxTokens: numberText(fields.max_tokens ?? fields.max_completion_tokens ?? fields.max_output_tokens),
      stream: trace.stream,
      tags: (trace.tags ?? []).join(','),
      from: trace.id,
    },
    model: trace.model,
    tenant: trace.tenant,
    leftOut: messages.some(({ extra }) => extra !== null),
  };
}

const numberText = (value: unknown): string => (typeof value === 'number' ? String(value) : '');
