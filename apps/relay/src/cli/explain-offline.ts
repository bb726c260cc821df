import type { ConfigStore, ParsedRelayConfig } from '@relay/config';
import { type ExplainReply, operationAt } from '@relay/contracts';
import type { TenantProfile } from '@relay/core';
import { parsePlanHeaders, PolicyService } from '@relay/policy';
import { readingOf } from '@relay/protocols';
import { CliError } from './cli-error';
import { warn } from './terminal';

export interface ExplainInput {
  readonly tenant: string;
  /** Where it would be sent; absent: as a chat completion. */
  readonly endpoint?: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Weighted choices depend on the request id; those of seed 0 are shown, as the API does, so that it is the same every time. */
const SEED = 0;

/** The plan by the files of this machine, as if a key of the tenant had sent the request and nothing were known of the providers yet. */
export async function explainOffline(store: ConfigStore, input: ExplainInput): Promise<ExplainReply> {
  const operation = operationAt(input.endpoint);
  const reading = readingOf(operation);
  const checked = reading.schema.safeParse(input.request);
  if (!checked.success) throw new CliError(`the request is not valid: ${describe(checked.error.issues)}`);
  const body = reading.toChat(input.request);
  if (!body.ok) throw new CliError(`the request is not valid: ${body.error.message}`);
  const headers = parsePlanHeaders(input.headers);
  if (!headers.ok) throw new CliError(headers.error.message);
  const explained = await new PolicyService(store).explain({
    operation,
    body: body.value,
    bodyBytes: Buffer.byteLength(JSON.stringify(input.request)),
    headers: headers.value,
    principal: {
      tenant: profileOf(store.current, input.tenant),
      keyId: 'explain',
      keyName: 'explain',
      scopes: ['inference'],
    },
    at: Date.now(),
    seed: SEED,
  });
  if (!explained.ok) throw new CliError(explained.error.message);
  return explained.value;
}

function describe(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  return issues.map(({ path, message }) => `${path.map(String).join('.') || '(the whole)'}: ${message}`).join('; ');
}

function profileOf({ tenants }: Pick<ParsedRelayConfig, 'tenants'>, id: string): TenantProfile {
  const known = tenants.find((tenant) => tenant.id === id);
  if (known) {
    const { weight, tier, tags, limits, models } = known;
    return { id, weight, tier, tags, limits, models: models ?? null };
  }
  warn(`relay.yaml has no tenant ${id}: taken as one of tier standard that may use every model`);
  return { id, weight: 1, tier: 'standard', tags: [], limits: {}, models: null };
}
