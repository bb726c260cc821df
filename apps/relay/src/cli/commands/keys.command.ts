import { apiKeyScopeSchema, type ApiKeyView, type CreatedApiKey } from '@relay/contracts';
import { InvalidArgumentError, type Command } from 'commander';
import { countUpTo } from '../parse-count';
import { modelsOf, parseList } from '../parse-list';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteIdentity } from '../remote-identity';
import { table } from '../table';
import { print, printJson, warn } from '../terminal';

const MAX_LIMIT = 999_999_999; // requests or tokens a minute
const MAX_OVERLAP_HOURS = 720;
const SECONDS_PER_HOUR = 3_600;

interface TenantOptions extends RemoteOptions {
  readonly tenant: string;
  readonly json?: boolean;
}

interface CreateOptions extends TenantOptions {
  readonly name: string;
  readonly scopes?: ApiKeyScope[];
  readonly models?: string[];
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly expires?: string;
}

type ApiKeyScope = (typeof apiKeyScopeSchema.options)[number];

export function addKeysList(parent: Command): void {
  ofTenant(parent.command('list').description('keys of a tenant, by their prefixes')).action(
    async ({ tenant, json, ...remote }: TenantOptions) => {
      const keys = await (await RemoteIdentity.connect(remote)).keys(tenant);
      if (json) return printJson(keys);
      print(table([['id', 'key', 'state', 'last used', 'name'], ...keys.map(rowOf)]));
    },
  );
}

export function addKeysCreate(parent: Command): void {
  ofTenant(
    parent
      .command('create')
      .description('make a key; it is printed here and can never be read again')
      .requiredOption('--name <text>', 'for people')
      .option('--scopes <a,b>', `of ${apiKeyScopeSchema.options.join(', ')} (default: inference)`, parseScopes)
      .option('--models <a,b>', 'of those of the tenant (default: all of them)', parseList)
      .option('--requests-per-minute <n>', 'limit, beside that of the tenant', countUpTo(MAX_LIMIT))
      .option('--tokens-per-minute <n>', 'limit, beside that of the tenant', countUpTo(MAX_LIMIT))
      .option('--expires <time>', 'as 2027-01-01T00:00:00Z (default: never)'),
  ).action(async ({ tenant, json, name, scopes, models, expires, ...options }: CreateOptions) => {
    const { requestsPerMinute, tokensPerMinute, ...remote } = options;
    const limits = { requestsPerMinute, tokensPerMinute };
    const identity = await RemoteIdentity.connect(remote);
    show(
      await identity.createKey(tenant, { name, scopes, models: modelsOf(models), limits, expiresAt: expires }),
      json,
    );
  });
}

export function addKeysRotate(parent: Command): void {
  ofTenant(
    parent
      .command('rotate')
      .description('make a key with the same rights, which is printed; the old one ends after the overlap')
      .argument('<id>', 'of the key, as the list has it')
      .option('--overlap-hours <n>', `up to ${MAX_OVERLAP_HOURS} (default: 24)`, countUpTo(MAX_OVERLAP_HOURS))
      .option('--now', 'no overlap: the old key ends at once'),
  ).action(async (id: string, options: TenantOptions & { readonly overlapHours?: number; readonly now?: boolean }) => {
    const { tenant, json, overlapHours, now, ...remote } = options;
    const hours = now ? 0 : overlapHours;
    const overlapSeconds = hours === undefined ? undefined : hours * SECONDS_PER_HOUR;
    show(await (await RemoteIdentity.connect(remote)).rotateKey(tenant, id, { overlapSeconds }), json);
  });
}

export function addKeysRevoke(parent: Command): void {
  ofTenant(
    parent.command('revoke').description('refuse a key from now on, everywhere').argument('<id>', 'as the list has it'),
  ).action(async (id: string, { tenant, ...remote }: TenantOptions) => {
    await (await RemoteIdentity.connect(remote)).revokeKey(tenant, id);
    warn(`the key ${id} is revoked`);
  });
}

function ofTenant(command: Command): Command {
  return withRemote(command.requiredOption('--tenant <id>', 'whose keys').option('--json', 'print it as JSON'));
}

/** The key alone goes to the output, so that a script can take it. */
function show(created: CreatedApiKey, json?: boolean): void {
  if (json) return printJson(created);
  print(created.key);
  warn(`this is the key ${created.id}; it is not kept anywhere`);
}

function rowOf({ id, prefix, name, revokedAt, rotatedTo, expiresAt, lastUsedAt }: ApiKeyView): string[] {
  const ends = expiresAt === null ? 'live' : `until ${expiresAt}`;
  const rotated = rotatedTo === null ? ends : `${ends}, rotated`;
  return [id, `${prefix}…`, revokedAt === null ? rotated : 'revoked', lastUsedAt ?? '-', name];
}

function parseScopes(text: string): ApiKeyScope[] {
  return parseList(text).map((name) => {
    const scope = apiKeyScopeSchema.safeParse(name);
    if (scope.success) return scope.data;
    throw new InvalidArgumentError(`Of ${apiKeyScopeSchema.options.join(', ')}.`);
  });
}
