import type { Command } from 'commander';
import { CliError, EXIT_USAGE } from '../cli-error';
import { RemoteIdentity } from '../remote-identity';
import { fieldsOf, namesLimit, type TenantFieldOptions, withTenantFields } from '../tenant-fields';
import { printJson } from '../terminal';

export function addTenantsUpdate(parent: Command): void {
  const command = parent.command('update').description('change what is named; --enable puts a tenant back in service');
  withTenantFields(command.argument('<tenant>').option('--enable', 'of a tenant that is disabled')).action(
    async (id: string, { enable, ...options }: TenantFieldOptions & { readonly enable?: boolean }) => {
      const identity = await RemoteIdentity.connect(options);
      const { limits } = namesLimit(options) ? await identity.tenant(id) : { limits: {} };
      const change = { ...fieldsOf(options, limits), ...(enable ? { disabled: false } : {}) };
      if (Object.keys(change).length === 0) throw new CliError('name what to change, for instance --tier', EXIT_USAGE);
      printJson(await identity.updateTenant(id, change));
    },
  );
}
