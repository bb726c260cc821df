import { Button, Divider, Stack } from '@mantine/core';
import { IconLogin2 } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { loginErrorOf } from './login-errors';
import { fetchLoginMethods, startAddress, type LoginMethods } from './login-methods';
import { LoginForm } from './login-form';
import { expectSession } from './session';

interface LoginPanelProps {
  readonly email?: string; // of whom the page belongs to, where a session is taken up again
}

/** All ways in that this relay offers. */
export function LoginPanel({ email }: LoginPanelProps) {
  const methods = useLoginMethods();
  const failed = loginErrorOf(window.location.pathname, window.location.search);
  const oidc = methods?.oidc ?? [];
  return (
    <Stack gap="sm">
      {failed === null ? null : (
        <p className="tone-bad" role="alert">
          {failed}
        </p>
      )}
      {oidc.map(({ id, name, startUrl }) => (
        <ProviderButton key={id} name={name} startUrl={startUrl} />
      ))}
      {oidc.length > 0 && methods?.password ? <Divider label="or" /> : null}
      {methods === null || methods.password ? <LoginForm {...(email === undefined ? {} : { email })} /> : null}
      {methods && !methods.password && oidc.length === 0 ? (
        <p className="soft">Passwords are switched off here, and no login provider is set up.</p>
      ) : null}
    </Stack>
  );
}

function ProviderButton({ name, startUrl }: { readonly name: string; readonly startUrl: string }) {
  const { pathname, search } = window.location;
  return (
    <Button
      component="a"
      href={startAddress(startUrl, pathname + search)}
      variant="default"
      leftSection={<IconLogin2 size={16} />}
      onClick={expectSession}
    >
      <span className="foreign">Log in with {name}</span>
    </Button>
  );
}

function useLoginMethods(): LoginMethods | null {
  const [methods, setMethods] = useState<LoginMethods | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    void fetchLoginMethods(gone.signal).then((found) => (gone.signal.aborted ? undefined : setMethods(found)));
    return () => gone.abort();
  }, []);
  return methods;
}
