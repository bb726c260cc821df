import { Navigate, useParams } from 'react-router';
import { useUser } from '../../auth/use-session';
import { TenantList } from './tenant-list';
import { TenantPage } from './tenant-page';
import './tenants.css';

/** All tenants, or one with its keys. Who has but one of their own is led to it. */
export default function TenantsPage() {
  const { id } = useParams();
  const { tenant: own } = useUser();
  if (id !== undefined) return <TenantPage key={id} id={id} />;
  return own === undefined ? <TenantList /> : <Navigate to={`/tenants/${encodeURIComponent(own)}`} replace />;
}
