import { useQuery } from '@tanstack/react-query';
import { Button, Stack } from '@mantine/core';
import { fetchLoginMethods } from '../../auth/login-methods';
import { logout } from '../../auth/session';
import { useUser } from '../../auth/use-session';
import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import { Page } from '../../components/page';
import { QueryView } from '../../components/query-view';
import { PasswordForm } from './password-form';
import './account.css';

/** Who one is here, and the own password. */
export default function AccountPage() {
  const { email, role, tenant, id } = useUser();
  const methods = useQuery({
    queryKey: ['login-methods'],
    queryFn: ({ signal }) => fetchLoginMethods(signal),
    staleTime: Infinity,
  });
  return (
    <Page title="Account" hint="Who you are here">
      <div className="account-cards">
        <Card title="You">
          <Facts
            facts={[
              { name: 'E-mail', value: <span className="foreign">{email}</span> },
              { name: 'Role', value: role },
              { name: 'Tenant', value: tenant === undefined ? 'all' : <span className="foreign">{tenant}</span> },
              { name: 'Id', value: <span className="mono foreign">{id}</span> },
            ]}
          />
        </Card>
        <Card title="Password" hint="A new one ends all your other sessions, at once and everywhere">
          <QueryView query={methods}>
            {({ password }) =>
              password ? (
                <PasswordForm email={email} />
              ) : (
                <p className="soft">Passwords are switched off here: you log in with a login provider.</p>
              )
            }
          </QueryView>
        </Card>
        <Card title="Sessions">
          <Stack gap="sm" align="flex-start">
            <p className="soft">
              This session goes on for 14 days after it was used last. To end those of other browsers and keep this one,
              change the password.
            </p>
            <Button variant="default" size="xs" onClick={() => void logout()}>
              Log out here
            </Button>
          </Stack>
        </Card>
      </div>
    </Page>
  );
}
