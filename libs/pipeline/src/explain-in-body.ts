import { HEADERS } from '@relay/contracts';
import { decisionsForTenant, explainReason, scoredCandidates } from '@relay/core';
import type { Exchange } from './exchange';
import type { RequestTrace } from './request-trace';

const CLOSING_BRACE = 0x7d;

/** With `x-relay-explain: 1` the plan is added to a JSON reply as its last field, `relay`; the other bytes stay as they are. */
export function explainInBody(exchange: Exchange, trace: RequestTrace, body: Buffer): Buffer {
  if (exchange.headers[HEADERS.explain] !== '1' || !trace.document) return body;
  const end = body.lastIndexOf(CLOSING_BRACE);
  if (end === -1) return body;
  const { signature, policy, plan, decisions } = trace.document;
  const features = trace.features ?? {};
  const candidates = scoredCandidates(plan.route.candidates, trace.scores);
  const relay = JSON.stringify({
    traceId: exchange.traceId,
    policy,
    signature,
    plan: { ...plan, route: { ...plan.route, candidates } },
    decisions: decisionsForTenant(decisions).map((decision) => ({
      ...decision,
      reason: explainReason(decision, features),
    })),
    candidates,
    features,
    predicted: trace.predicted,
  });
  const others = body.subarray(0, end);
  const separator = others.toString('latin1').trimEnd().endsWith('{') ? '' : ',';
  return Buffer.concat([others, Buffer.from(`${separator}"relay":${relay}}`)]);
}
