import { type AuthenticatedUser, tenantScope } from '@relay/auth';
import { ConfigStore, withoutPlace } from '@relay/config';
import {
  type ChatCompletionRequest,
  type ExplainReply,
  type ExplainRequest,
  type Operation,
  operationAt,
  type PolicyDocument,
} from '@relay/contracts';
import { CLOCK, type Clock, decisionsForTenant, err, RelayError, type Result } from '@relay/core';
import {
  parsePlanHeaders,
  type PlanInput,
  type PolicyProblem,
  PolicyService,
  PolicyVersions,
  readPolicy,
} from '@relay/policy';
import { readingOf } from '@relay/protocols';
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
    private readonly versions: PolicyVersions,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async explain(user: AuthenticatedUser, asked: ExplainRequest): Promise<ExplainReply> {
    const { tenant, request, headers, policy } = asked;
    const operation = operationAt(asked.endpoint);
    const profile = await this.gate.enter(user, tenant, 'tenant');
    const input: PlanInput = {
      operation,
      body: await unwrap(parseRequest(operation, request)),
      bodyBytes: Buffer.byteLength(JSON.stringify(request)),
      headers: await unwrap(parsePlanHeaders(lowerCased(headers))),
      principal: { tenant: profile, keyId: 'explain', keyName: 'explain', scopes: ['inference'] },
      at: this.clock.now(),
      seed: SEED,
    };
    if (policy === undefined) return this.inForce(user, input);
    if (tenantScope(user) !== null) throw notInForce();
    const explained = await this.policies.explainWith(await this.document(policy), input);
    if (explained.ok) return unwrap(explained.value);
    throw new RelayError('invalid_request', explained.error.map(asLine).join('\n'), { param: 'policy' });
  }

  private async inForce(user: AuthenticatedUser, input: PlanInput): Promise<ExplainReply> {
    const reply = await unwrap(this.policies.explain(input));
    return tenantScope(user) === null ? reply : { ...reply, decisions: decisionsForTenant(reply.decisions) };
  }

  private async document(policy: NonNullable<ExplainRequest['policy']>): Promise<PolicyDocument> {
    if (typeof policy === 'string') return (await unwrap(this.versions.named(policy, 'policy'))).document;
    return (await unwrap(readPolicy(policy, this.config.current))).document;
  }
}

function asLine(problem: PolicyProblem): string {
  const { path, found, allowed } = withoutPlace('', problem);
  return `${path}: found ${found}; allowed: ${allowed}`;
}

/** Drafts and earlier versions hold what was decided for other tenants. */
const notInForce = (): RelayError =>
  new RelayError('forbidden', 'A tenant-admin sees plans of the policy in force only.', { param: 'policy' });

function parseRequest(
  operation: Operation,
  request: ExplainRequest['request'],
): Result<ChatCompletionRequest, RelayError> {
  const reading = readingOf(operation);
  const parsed = reading.schema.safeParse(request);
  // As in serving, what goes on is what was sent: the schema's copy lacks the fields that it does not know, the text of parts among them.
  return parsed.success
    ? reading.toChat(request)
    : err(validationError(parsed.error.issues, reading.schema, 'request'));
}

function lowerCased(headers: ExplainRequest['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
