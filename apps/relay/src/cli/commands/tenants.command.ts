import type { TenantView } from '@relay/contracts';
import { InvalidArgumentError, type Command } from 'commander';
import { CliError, EXIT_USAGE } from '../cli-error';
import { countUpTo } from '../parse-count';
import { modelsOf, parseList } from '../parse-list';
import { withRemote, type RemoteOptions } from '../relay-client';
import { RemoteIdentity } from '../remote-identity';
import { table } from '../table';
import { print, printJson, warn } from '../terminal';

const MAX_LIMIT = 999_999_999; // requests or tokens a minute
const MAX_WEIGHT = 1_000;

interface ListOptions extends RemoteOptions {
  readonly status?: string;
  readonly json?: boolean;
}

interface FieldOptions extends RemoteOptions {
  readonly name?: string;
  readonly weight?: number;
  readonly tier?: string;
  readonly tags?: string[];
  readonly models?: string[];
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly concurrency?: number;
}

export function addTenantsList(parent: Command): void {
  withRemote(
    parent
      .command('list')
      .description('tenants of relay.yaml and of the database')
      .option('--status <status>', 'active, disabled or all (default: active)')
      .option('--json', 'print them as JSON'),
  ).action(async ({ status, json, ...remote }: ListOptions) => {
    const tenants = await (await RemoteIdentity.connect(remote)).tenants({ status });
    if (json) return printJson(tenants);
    print(table([['weight', 'tier', 'from', 'state', 'tenant'], ...tenants.map(rowOf)]));
  });
}

export function addTenantsShow(parent: Command): void {
  withRemote(parent.command('show').description('one tenant, in full').argument('<tenant>')).action(
    async (id: string, remote: RemoteOptions) => printJson(await (await RemoteIdentity.connect(remote)).tenant(id)),
  );
}

export function addTenantsCreate(parent: Command): void {
  withFields(parent.command('create').description('make a tenant in the database').argument('<tenant>')).action(
    async (id: string, options: FieldOptions) => {
      const identity = await RemoteIdentity.connect(options);
      printJson(await identity.createTenant({ id, ...fieldsOf(options, {}) }));
    },
  );
}

export function addTenantsUpdate(parent: Command): void {
  const command = parent.command('update').description('change what is named; --enable puts a tenant back in service');
  withFields(command.argument('<tenant>').option('--enable', 'of a tenant that is disabled')).action(
    async (id: string, { enable, ...options }: FieldOptions & { readonly enable?: boolean }) => {
      const identity = await RemoteIdentity.connect(options);
      const { limits } = namesLimit(options) ? await identity.tenant(id) : { limits: {} };
      const change = { ...fieldsOf(options, limits), ...(enable ? { disabled: false } : {}) };
      if (Object.keys(change).length === 0) throw new CliError('name what to change, for instance --tier', EXIT_USAGE);
      printJson(await identity.updateTenant(id, change));
    },
  );
}

export function addTenantsDisable(parent: Command): void {
  const command = parent.command('disable').description('refuse all keys of a tenant at once; its data stays');
  withRemote(command.argument('<tenant>')).action(async (id: string, remote: RemoteOptions) => {
    await (await RemoteIdentity.connect(remote)).disableTenant(id);
    warn(`the tenant ${id} is disabled: its keys are refused; relay tenants update ${id} --enable undoes it`);
  });
}

function withFields(command: Command): Command {
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

const namesLimit = ({ requestsPerMinute, tokensPerMinute, concurrency }: FieldOptions): boolean =>
  [requestsPerMinute, tokensPerMinute, concurrency].some((limit) => limit !== undefined);

/** What was named; limits are replaced whole, so those that were not named are those of before. */
function fieldsOf(options: FieldOptions, before: TenantView['limits']) {
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

function rowOf({ id, weight, tier, source, disabledAt }: TenantView): string[] {
  return [String(weight), tier, source, disabledAt === null ? 'active' : 'disabled', id];
}

function parseWeight(text: string): number {
  const weight = /^\d{1,4}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (weight <= 0 || weight > MAX_WEIGHT) throw new InvalidArgumentError(`A number above 0, up to ${MAX_WEIGHT}.`);
  return weight;
}
