import type { Command } from 'commander';
import { RemoteIdentity } from '../remote-identity';
import { fieldsOf, type TenantFieldOptions, withTenantFields } from '../tenant-fields';
import { printJson } from '../terminal';

export function addTenantsCreate(parent: Command): void {
  withTenantFields(parent.command('create').description('make a tenant in the database').argument('<tenant>')).action(
    async (id: string, options: TenantFieldOptions) => {
      const identity = await RemoteIdentity.connect(options);
      printJson(await identity.createTenant({ id, ...fieldsOf(options, {}) }));
    },
  );
}
