import type { ComponentType } from 'react';
import { MAY, may } from '../auth/roles';
import { useUser } from '../auth/use-session';
import { Page } from '../components/page';
import { ForbiddenState } from '../components/states';
import type { PageEntry } from './pages';

/** The page for those who may see it; for all others its name and who may, and nothing is asked of the relay. */
export function forRole({ label, needs }: PageEntry, Content: ComponentType): ComponentType {
  if (needs === undefined) return Content;
  return function ForRole() {
    const { role } = useUser();
    if (may(role, needs)) return <Content />;
    return (
      <Page title={label}>
        <ForbiddenState text={`For the roles ${MAY[needs].join(', ')}; yours is ${role}.`} />
      </Page>
    );
  };
}
