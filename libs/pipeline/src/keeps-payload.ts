import type { ExecutionPlan } from '@relay/contracts';
import type { Principal } from '@relay/core';

/** Whether messages and answer are kept with the trace: where the policy says so, unless the tenant switched it off. */
export const keepsPayload = (plan: Pick<ExecutionPlan, 'payloadLogging'>, { tenant }: Principal): boolean =>
  plan.payloadLogging && tenant.payloads?.keep !== false;
