import { PasswordInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../api/client';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { FormDialog } from '../../components/form-dialog';
import { MIN_PASSWORD } from '../../components/password-rules';
import { useFields } from '../../components/use-fields';
import { whyKept } from './last-owner';
import { isComplete, RoleFields, type RoleChoice } from './role-fields';
import { ownersQuery, type ManagedUser } from './users.queries';

export type UserDeed = 'change' | 'password' | 'sessions' | 'disable' | 'remove';

interface UserDialogProps {
  readonly user: ManagedUser;
  readonly deed: UserDeed;
  readonly onClose: () => void;
}

type DialogProps = Omit<UserDialogProps, 'deed'>;

/** What is done with a user. */
export function UserDialog({ deed, ...props }: UserDialogProps) {
  switch (deed) {
    case 'change':
      return <ChangeRole {...props} />;
    case 'password':
      return <ResetPassword {...props} />;
    case 'sessions':
      return <EndSessions {...props} />;
    case 'disable':
      return <Disable {...props} />;
    case 'remove':
      return <Remove {...props} />;
  }
}

/** One change of a user, after which the lists are read anew. */
function useDeed<Input>(deed: (input: Input) => Promise<unknown>, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: deed,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['users'] });
      onDone();
    },
  });
}

const patch = (id: string, body: Schemas['UpdateUser']): Promise<unknown> =>
  dataOf(api.PATCH('/api/users/{id}', { params: { path: { id } }, body }));

function ChangeRole({ user, onClose }: DialogProps) {
  const [choice, set] = useFields<RoleChoice>({ role: user.role, tenant: user.tenant });
  const kept = whyKept(user, useQuery(ownersQuery).data);
  const change = useDeed((body: Schemas['UpdateUser']) => patch(user.id, body), onClose);
  return (
    <FormDialog
      title={user.email}
      action="Save"
      ready={kept === null && isComplete(choice)}
      busy={change.isPending}
      error={change.error}
      onSubmit={() => change.mutate(choice)}
      onClose={onClose}
    >
      <RoleFields value={choice} onChange={set} kept={kept} />
      <p className="soft">It holds from the next request on.</p>
    </FormDialog>
  );
}

function ResetPassword({ user, onClose }: DialogProps) {
  const [password, setPassword] = useState('');
  const reset = useDeed(() => patch(user.id, { password }), onClose);
  return (
    <FormDialog
      title={`New password of ${user.email}`}
      action="Set the password"
      ready={password.length >= MIN_PASSWORD}
      busy={reset.isPending}
      error={reset.error}
      onSubmit={() => reset.mutate(undefined)}
      onClose={onClose}
    >
      <PasswordInput
        label="New password"
        description={`At least ${MIN_PASSWORD} characters. All sessions of the user end.`}
        required
        data-autofocus
        autoComplete="new-password"
        maxLength={1_024}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

function EndSessions({ user, onClose }: DialogProps) {
  const end = useDeed(() => dataOf(api.POST('/api/users/{id}/logout', { params: { path: { id: user.id } } })), onClose);
  return (
    <ConfirmDialog
      title="End all sessions"
      action="End sessions"
      danger
      busy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate(undefined)}
      onClose={onClose}
    >
      <p>
        <b className="foreign">{user.email}</b> has to log in again, everywhere and at once.
      </p>
    </ConfirmDialog>
  );
}

function Disable({ user, onClose }: DialogProps) {
  const active = user.disabledAt === null;
  const change = useDeed(() => patch(user.id, { disabled: active }), onClose);
  return (
    <ConfirmDialog
      title={active ? 'Disable this user' : 'Enable this user'}
      action={active ? 'Disable' : 'Enable'}
      danger={active}
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate(undefined)}
      onClose={onClose}
    >
      <p>
        <b className="foreign">{user.email}</b>{' '}
        {active ? 'cannot log in any more, and all sessions end at once.' : 'can log in again.'}
      </p>
    </ConfirmDialog>
  );
}

function Remove({ user, onClose }: DialogProps) {
  const remove = useDeed(() => dataOf(api.DELETE('/api/users/{id}', { params: { path: { id: user.id } } })), onClose);
  return (
    <ConfirmDialog
      title="Remove this user"
      action="Remove"
      danger
      typed={user.email}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined)}
      onClose={onClose}
    >
      <p>The user is gone for good, and all sessions end. What it did stays in the audit log.</p>
    </ConfirmDialog>
  );
}
