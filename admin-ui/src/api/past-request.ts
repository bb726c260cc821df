import type { Schemas } from './client';

type Trace = Schemas['TraceDetail'];
type ExplainRequest = Schemas['ExplainRequest'];

/** Why a past request cannot be explained; null if it can. */
export function whyNotExplained(trace: Trace): string | null {
  if (trace.payloadHidden) return 'Its messages are not for your role.';
  if (trace.payloadSealed) return 'Its messages are sealed with a key that the relay does not have now.';
  if (trace.payload === null) return 'Its messages were not kept.';
  if (trace.tenant === null) return 'It has no tenant: it was refused before the policy was asked.';
  if (typeof trace.payload.request !== 'object' || trace.payload.request === null)
    return 'Its request is no JSON object.';
  return null;
}

/** A past request as it would be sent to be explained, with what its headers said as far as the trace tells. */
export function explainRequestOf(trace: Trace, policy?: ExplainRequest['policy']): ExplainRequest {
  const facts = trace.features;
  const tags = Array.isArray(facts['request.tags']) ? facts['request.tags'].join(',') : '';
  const headers = {
    'x-relay-tags': tags,
    'x-relay-priority': textOf(facts['request.priority']),
    'x-relay-prefer': textOf(facts['request.prefer']),
    'x-relay-user': trace.user ?? '',
  };
  const told = Object.entries(headers).filter(([, value]) => value !== '');
  const endpoint = trace.endpoint as ExplainRequest['endpoint'] | null;
  return {
    tenant: trace.tenant ?? '',
    request: trace.payload?.request as Record<string, unknown>,
    ...(endpoint === null || endpoint === undefined ? {} : { endpoint }),
    ...(told.length > 0 ? { headers: Object.fromEntries(told) } : {}),
    ...(policy === undefined ? {} : { policy }),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
