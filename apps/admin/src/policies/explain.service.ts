import type { AuthenticatedUser } from '@relay/auth';
import {
  type ChatCompletionRequest,
  chatCompletionRequestSchema,
  type ExplainReply,
  type ExplainRequest,
} from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { parsePlanHeaders, PolicyService } from '@relay/policy';
import { Inject, Injectable } from '@nestjs/common';
import { unwrap } from '../http/unwrap';
import { validationError } from '../http/validation-error';
import { TenantGate } from '../tenants/tenant-gate';

/** Weighted choices depend on the request id; an explanation shows those of seed 0, so that it is the same every time. */
const SEED = 0;

/** Explains what would be done with a request, as if a key of the tenant had sent it. Calls nothing. */
@Injectable()
export class ExplainService {
  constructor(
    private readonly gate: TenantGate,
    private readonly policies: PolicyService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async explain(user: AuthenticatedUser, { tenant, request, headers }: ExplainRequest): Promise<ExplainReply> {
    const profile = await this.gate.enter(user, tenant, 'tenant');
    return unwrap(
      this.policies.explain({
        body: parseRequest(request),
        bodyBytes: Buffer.byteLength(JSON.stringify(request)),
        headers: await unwrap(parsePlanHeaders(lowerCased(headers))),
        principal: { tenant: profile, keyId: 'explain', keyName: 'explain', scopes: ['inference'] },
        at: this.clock.now(),
        seed: SEED,
      }),
    );
  }
}

function parseRequest(request: ExplainRequest['request']): ChatCompletionRequest {
  const parsed = chatCompletionRequestSchema.safeParse(request);
  if (parsed.success) return parsed.data;
  throw validationError(parsed.error.issues, chatCompletionRequestSchema, 'request');
}

function lowerCased(headers: ExplainRequest['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
