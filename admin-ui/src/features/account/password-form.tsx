import { Button, PasswordInput, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';
import { takeUpSession } from '../../auth/session';
import { MIN_PASSWORD } from '../../components/password-rules';
import { useFields } from '../../components/use-fields';

const EMPTY = { current: '', next: '', again: '' };

/** Changes the own password. The session goes on with what the relay answers; all others have ended. */
export function PasswordForm({ email }: { readonly email: string }) {
  const [{ current, next, again }, set] = useFields(EMPTY);
  const change = useMutation({
    mutationFn: () => dataOf(api.POST('/api/auth/password', { body: { current, new: next } })),
    onSuccess: (reply) => {
      takeUpSession(reply);
      set(EMPTY);
      notifications.show({ title: 'Your password was changed', message: 'Your other sessions have ended.' });
    },
  });
  const differs = again !== '' && next !== again;
  const ready = current !== '' && next.length >= MIN_PASSWORD && next === again;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !change.isPending) change.mutate();
      }}
    >
      <Stack gap="sm" maw={360}>
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        <PasswordInput
          label="Present password"
          autoComplete="current-password"
          maxLength={1_024}
          value={current}
          onChange={(event) => set({ current: event.currentTarget.value })}
        />
        <PasswordInput
          label="New password"
          description={`At least ${MIN_PASSWORD} characters, and not your e-mail address`}
          autoComplete="new-password"
          maxLength={1_024}
          value={next}
          onChange={(event) => set({ next: event.currentTarget.value })}
        />
        <PasswordInput
          label="New password again"
          autoComplete="new-password"
          maxLength={1_024}
          error={differs ? 'This is not the same' : null}
          value={again}
          onChange={(event) => set({ again: event.currentTarget.value })}
        />
        {change.error ? (
          <p className="tone-bad foreign" role="alert">
            {change.error.message}
          </p>
        ) : null}
        <div>
          <Button type="submit" size="xs" disabled={!ready} loading={change.isPending}>
            Change the password
          </Button>
        </div>
      </Stack>
    </form>
  );
}
