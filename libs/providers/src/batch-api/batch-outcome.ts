import type { Operation } from '@relay/contracts';
import { openaiDialect, parseObject, readAnswer } from '@relay/protocols';
import { failedBeforeStart } from '../adapters/failed-outcome';
import { fault, refusalFailure, reportedFailure } from '../domain/upstream-failure';
import type { UpstreamOutcome } from '../ports/upstream-client.port';
import type { HandedResult } from './batch-api.port';

const JSON_TYPE = 'application/json';
const NO_BYTES = Buffer.alloc(0);

interface Answerer {
  readonly providerId: string;
  readonly secrets: readonly string[];
}

/** What a provider's batch answered, as if it had been called just now. */
export function batchOutcome(
  operation: Operation,
  { status, body }: Pick<HandedResult, 'status' | 'body'>,
  { providerId, secrets }: Answerer,
): UpstreamOutcome {
  if (status < 200 || status > 299) {
    const failure = refusalFailure(providerId, { status, contentType: JSON_TYPE, body, retryAfterMs: null }, secrets);
    return { ...failedBeforeStart(failure), upstreamStatus: status };
  }
  const answer = parseObject(body.toString('utf8'));
  const facts = answer && readAnswer(operation, answer, openaiDialect);
  if (answer && facts) {
    const times = { connectMs: null, ttftMs: 0, totalMs: 0 };
    return { kind: 'completed', status, contentType: JSON_TYPE, body, tail: NO_BYTES, ...facts, ...times };
  }
  const failure = answer
    ? reportedFailure(providerId, answer, secrets)
    : fault('upstream_error', `Provider ${providerId} answered a line of its batch with something else than JSON.`);
  return { ...failedBeforeStart(failure), upstreamStatus: status };
}
