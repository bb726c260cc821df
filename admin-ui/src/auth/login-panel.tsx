import { Button, Divider, Stack } from '@mantine/core';
import { IconLogin2 } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { loginErrorOf } from './login-errors';
import { fetchLoginMethods, startAddress, type LoginMethods } from './login-methods';
import { LoginForm } from './login-form';
import { expectSession } from './session';
import { useSession } from './use-session';

interface LoginPanelProps {
  readonly over?: string; // a page that has to stay: the e-mail address of whose it is
}

/** All ways in that this relay offers. */
export function LoginPanel({ over }: LoginPanelProps) {
  const session = useSession();
  const methods = useLoginMethods();
  const failed = loginErrorOf(window.location.pathname, window.location.search);
  const oidc = methods?.oidc ?? [];
  return (
    <Stack gap="sm">
      {session.kind === 'anonymous' && session.untold ? <UntoldLogout /> : null}
      {failed === null ? null : (
        <p className="tone-bad" role="alert">
          {failed}
        </p>
      )}
      {oidc.map(({ id, name, startUrl }) => (
        <ProviderButton key={id} name={name} startUrl={startUrl} inNewTab={over !== undefined} />
      ))}
      {over !== undefined && oidc.length > 0 ? (
        <p className="soft">A login provider opens in another tab. Come back to this one afterwards: it goes on.</p>
      ) : null}
      {oidc.length > 0 && methods?.password ? <Divider label="or" /> : null}
      {methods === null || methods.password ? <LoginForm {...(over === undefined ? {} : { email: over })} /> : null}
      {methods && !methods.password && oidc.length === 0 ? (
        <p className="soft">Passwords are switched off here, and no login provider is set up.</p>
      ) : null}
    </Stack>
  );
}

function UntoldLogout() {
  return (
    <p className="tone-warn" role="alert">
      You have left this page, but the relay does not answer: your session in this browser has not ended there yet. It
      will be told again and again while this page is open.
    </p>
  );
}

interface ProviderButtonProps {
  readonly name: string;
  readonly startUrl: string;
  readonly inNewTab: boolean;
}

function ProviderButton({ name, startUrl, inNewTab }: ProviderButtonProps) {
  const { pathname, search } = window.location;
  return (
    <Button
      component="a"
      href={startAddress(startUrl, pathname + search)}
      {...(inNewTab ? { target: '_blank', rel: 'noopener' } : {})}
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
