import { useUser } from '../auth/use-session';
import { useUrlParam } from './url-state';

/** The tenant that pages are narrowed to; null: all that the user may see. A tenant-admin has but one. */
export function useTenantScope(): {
  readonly tenant: string | null;
  readonly setTenant: (tenant: string | null) => void;
} {
  const [chosen, set] = useUrlParam('tenant');
  const { tenant: own } = useUser();
  return { tenant: own ?? chosen, setTenant: (tenant) => set(tenant) };
}
