import { apiKeyScopeSchema } from '@relay/contracts';
import { InvalidArgumentError, type Command } from 'commander';
import { type KeyOptions, ofTenant, showNewKey } from '../key-options';
import { countUpTo } from '../parse-count';
import { modelsOf, parseList } from '../parse-list';
import { RemoteIdentity } from '../remote-identity';

const MAX_LIMIT = 999_999_999; // requests or tokens a minute

type ApiKeyScope = (typeof apiKeyScopeSchema.options)[number];

interface CreateOptions extends KeyOptions {
  readonly name: string;
  readonly scopes?: ApiKeyScope[];
  readonly models?: string[];
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly expires?: string;
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
    showNewKey(
      await identity.createKey(tenant, { name, scopes, models: modelsOf(models), limits, expiresAt: expires }),
      json,
    );
  });
}

function parseScopes(text: string): ApiKeyScope[] {
  return parseList(text).map((name) => {
    const scope = apiKeyScopeSchema.safeParse(name);
    if (scope.success) return scope.data;
    throw new InvalidArgumentError(`Of ${apiKeyScopeSchema.options.join(', ')}.`);
  });
}
