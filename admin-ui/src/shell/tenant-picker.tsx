import { useUser } from '../auth/use-session';
import { TenantSelect } from '../components/tenant-select';
import { useTenantScope } from '../state/tenant-scope';

/** What pages are narrowed to; a tenant-admin sees its own tenant's name. */
export function TenantPicker() {
  const { tenant: own } = useUser();
  const { tenant, setTenant } = useTenantScope();
  return (
    <TenantSelect
      aria-label="Tenant"
      size="xs"
      w={150}
      placeholder="All tenants"
      value={tenant}
      onChange={setTenant}
      disabled={own !== undefined}
      clearable
      clearButtonProps={{ 'aria-label': 'All tenants' }}
    />
  );
}
