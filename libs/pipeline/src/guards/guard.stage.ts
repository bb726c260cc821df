import { Injectable } from '@nestjs/common';
import { err, ok, type RelayError, type Result } from '@relay/core';
import type { Planned } from '@relay/policy';
import type { RedactionTable } from '@relay/prompt';
import { Metrics } from '@relay/trace';
import type { RequestTrace } from '../request-trace';
import { isStrict, judgePrompt, type GuardVerdict } from './judge-prompt';
import { judgedRequest, type GuardedRequest } from './judged-request';
import { maskedFeatures } from './masked-features';
import { findingsFor, type PromptFindings } from './prompt-findings';

/** Does with a prompt what the guards of the plan say, before cache and upstream see it. A plan without guards costs nothing. */
@Injectable()
export class GuardStage {
  constructor(private readonly metrics: Metrics) {}

  /** The request to go on with. Errors: `content_blocked`, which names the guard and the kind of data, never the data. */
  apply(guarded: GuardedRequest, { plan, features }: Planned, trace: RequestTrace): Result<GuardedRequest, RelayError> {
    const { injection, pii } = plan.guards;
    if (injection.action === 'off' && pii.action === 'off') return ok(guarded);
    const startMs = trace.elapsed();
    const findings = findingsFor(plan.guards, features, guarded);
    const verdicts = judgePrompt(plan.guards, findings).filter(({ outcome }) => outcome !== 'off');
    for (const { guard, outcome } of verdicts) this.metrics.countGuard(guard, outcome);
    const tags = new Set(verdicts.flatMap(({ tag }) => tag ?? []));
    if (tags.size > 0) trace.tags = [...trace.tags, ...tags];
    trace.stage('guard', startMs, attributesOf(findings, verdicts));
    if (isStrict(pii.action)) {
      trace.features = maskedFeatures(features, guarded.request, pii.kinds, findings.redaction?.table ?? NO_TABLE);
    }
    const refusal = verdicts.find((verdict) => verdict.refusal !== null)?.refusal;
    if (refusal) return err(refusal);
    if (!isStrict(pii.action) && !isStrict(injection.action)) return ok(guarded);
    return ok(judgedRequest(guarded, findings.redaction, pii.restore));
  }
}

const NO_TABLE: RedactionTable = new Map();

function attributesOf({ injection, pii, whole, redaction }: PromptFindings, verdicts: readonly GuardVerdict[]) {
  return {
    injection,
    pii: pii.join(','),
    action: verdicts.map(({ guard, outcome }) => `${guard}:${outcome}`).join(',') || 'none',
    redacted: redaction?.count ?? 0,
    ...(whole ? {} : { uninspected: true }),
  };
}
