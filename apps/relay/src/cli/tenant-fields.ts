import type { TenantView } from '@relay/contracts';
import { InvalidArgumentError, type Command } from 'commander';
import { countUpTo } from './parse-count';
import { modelsOf, parseList } from './parse-list';
import { withRemote, type RemoteOptions } from './relay-client';

const MAX_LIMIT = 999_999_999; // requests or tokens a minute
const MAX_WEIGHT = 1_000;

export interface TenantFieldOptions extends RemoteOptions {
  readonly name?: string;
  readonly weight?: number;
  readonly tier?: string;
  readonly tags?: string[];
  readonly models?: string[];
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly concurrency?: number;
}

/** The options that name what a tenant is made of. */
export function withTenantFields(command: Command): Command {
  return withRemote(
    command
      .option('--name <text>', 'for people')
      .option('--weight <number>', 'share of contended slots', parseWeight)
      .option('--tier <tier>', 'any word; conditions can ask for it')
      .option('--tags <a,b>', 'conditions can ask for them', parseList)
      .option('--models <a,b>', 'what it may use, or all', parseList)
      .option('--requests-per-minute <n>', 'limit', countUpTo(MAX_LIMIT))
      .option('--tokens-per-minute <n>', 'limit', countUpTo(MAX_LIMIT))
      .option('--concurrency <n>', 'limit', countUpTo(MAX_LIMIT)),
  );
}

export const namesLimit = ({ requestsPerMinute, tokensPerMinute, concurrency }: TenantFieldOptions): boolean =>
  [requestsPerMinute, tokensPerMinute, concurrency].some((limit) => limit !== undefined);

/** What was named; limits are replaced whole, so those that were not named are those of before. */
export function fieldsOf(options: TenantFieldOptions, before: TenantView['limits']) {
  const { name, weight, tier, tags, models, requestsPerMinute, tokensPerMinute, concurrency } = options;
  const limits = { ...before, ...given({ requestsPerMinute, tokensPerMinute, concurrency }) };
  return {
    ...given({ name, weight, tier, tags, models: modelsOf(models) }),
    ...(namesLimit(options) ? { limits } : {}),
  };
}

function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function parseWeight(text: string): number {
  const weight = /^\d{1,4}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (weight <= 0 || weight > MAX_WEIGHT) throw new InvalidArgumentError(`A number above 0, up to ${MAX_WEIGHT}.`);
  return weight;
}
