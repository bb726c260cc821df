import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { tenantsQuery } from '../api/queries/relay.queries';
import { useUser } from '../auth/use-session';
import { useTenantScope } from '../state/tenant-scope';

/** What pages are narrowed to; a tenant-admin sees its own tenant's name. */
export function TenantPicker() {
  const { tenant: own } = useUser();
  const { tenant, setTenant } = useTenantScope();
  const tenants = useQuery({ ...tenantsQuery, enabled: own === undefined });
  const ids = (tenants.data?.data ?? []).map(({ id }) => id);
  const options = tenant !== null && !ids.includes(tenant) ? [tenant, ...ids] : ids;
  return (
    <Select
      className="is-wide-only"
      aria-label="Tenant"
      size="xs"
      w={150}
      placeholder="All tenants"
      data={options}
      value={tenant}
      onChange={setTenant}
      disabled={own !== undefined}
      searchable
      clearable
      nothingFoundMessage="No such tenant"
      clearButtonProps={{ 'aria-label': 'All tenants' }}
    />
  );
}
