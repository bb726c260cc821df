import {
  canaryGuardrailsSchema,
  canaryJudgementSchema,
  type CanaryGuardrails,
  type PolicyCanary,
  type Unit,
} from '@relay/contracts';

/** A canary, with the name@version of the version that it tries. */
export interface CanaryRow {
  readonly id: string;
  readonly version_id: string;
  readonly label: string;
  readonly against: string;
  readonly share: number;
  readonly unit: Unit;
  readonly guardrails: CanaryGuardrails;
  readonly status: PolicyCanary['status'];
  readonly started_by: string;
  readonly started_at: Date;
  readonly ended_by: string | null;
  readonly ended_at: Date | null;
  readonly reason: string | null;
  readonly judgement: unknown;
}

export function toPolicyCanary(row: CanaryRow): PolicyCanary {
  const judgement = canaryJudgementSchema.safeParse(row.judgement); // another release may have told it otherwise
  return {
    version: row.label,
    against: row.against,
    share: row.share,
    unit: row.unit,
    guardrails: canaryGuardrailsSchema.parse(row.guardrails),
    status: row.status,
    startedBy: row.started_by,
    startedAt: row.started_at.toISOString(),
    endedBy: row.ended_by,
    endedAt: row.ended_at?.toISOString() ?? null,
    reason: row.reason,
    judgement: judgement.data ?? null,
  };
}
