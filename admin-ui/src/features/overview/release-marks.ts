import { useQuery } from '@tanstack/react-query';
import { may } from '../../auth/roles';
import { useUser } from '../../auth/use-session';
import { releasesQuery } from './overview.queries';

/** When other policies came into force, for those who may see the audit log. */
export function useReleaseMarks(): readonly { readonly at: number; readonly label: string }[] {
  const enabled = may(useUser().role, 'seeAudit');
  const releases = useQuery({ ...releasesQuery, enabled }).data ?? [];
  return releases.map(({ at, target }) => ({ at: Date.parse(at), label: target }));
}
