import { Button, PasswordInput, SegmentedControl } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { may } from '../../auth/roles';
import { useUser } from '../../auth/use-session';
import { RelativeTime } from '../../components/relative-time';
import { KEY_REQUESTS_PER_MINUTE, revoke, setPasted, useKeys, type TemporaryKey } from './keys';

export type KeyKind = 'temporary' | 'own';

interface KeyChoiceProps {
  readonly tenant: string;
  readonly kind: KeyKind;
  readonly onKind: (kind: KeyKind) => void;
}

/** With which key the relay is called, and what becomes of it. A login to the console is none. */
export function KeyChoice({ tenant, kind, onKind }: KeyChoiceProps) {
  const mayMake = may(useUser().role, 'manageKeys');
  const { temporary, pasted } = useKeys();
  const held = temporary.find((key) => key.tenant === tenant);
  return (
    <fieldset className="key-choice">
      <legend>API key</legend>
      {mayMake ? (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="API key"
          data={[
            { value: 'temporary', label: 'A temporary one' },
            { value: 'own', label: 'One of mine' },
          ]}
          value={kind}
          onChange={(value) => onKind(value === 'own' ? 'own' : 'temporary')}
        />
      ) : (
        <p className="soft">Your role cannot make keys: paste one that you were given.</p>
      )}
      {kind === 'own' ? (
        <PasswordInput
          label="Key"
          description="Kept in the memory of this page until you log out or close it; written nowhere."
          size="xs"
          autoComplete="off"
          maxLength={8_192}
          placeholder="rk-…"
          value={pasted}
          onChange={(event) => setPasted(event.currentTarget.value.trim())}
        />
      ) : held ? (
        <HeldKey held={held} />
      ) : (
        <p className="soft">
          The first request makes a key named “playground” for <b className="foreign">{tenant}</b>: for an hour and{' '}
          {KEY_REQUESTS_PER_MINUTE} requests a minute, in memory only, in the audit log under your name, and taken back
          when you log out or close the page.
        </p>
      )}
    </fieldset>
  );
}

function HeldKey({ held }: { readonly held: TemporaryKey }) {
  const taking = useMutation({ mutationFn: () => revoke(held) });
  return (
    <p className="key-held">
      <span>
        <code>{held.prefix}…</code>{' '}
        <span className="soft">
          expires <RelativeTime at={new Date(held.expiresAt).toISOString()} />
        </span>
      </span>
      <Button variant="default" size="compact-xs" loading={taking.isPending} onClick={() => taking.mutate()}>
        Revoke now
      </Button>
      {taking.isError ? (
        <span role="alert" className="tone-bad">
          {taking.error.message}
        </span>
      ) : null}
    </p>
  );
}
