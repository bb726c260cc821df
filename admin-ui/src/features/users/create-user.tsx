import { PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';
import { FormDialog } from '../../components/form-dialog';
import { MIN_PASSWORD } from '../../components/password-rules';
import { useFields } from '../../components/use-fields';
import { isComplete, RoleFields, type RoleChoice } from './role-fields';

interface Fields extends RoleChoice {
  readonly email: string;
  readonly password: string;
}

const EMPTY: Fields = { email: '', password: '', role: 'viewer', tenant: null };

export function CreateUserDialog({ onClose }: { readonly onClose: () => void }) {
  const [fields, set] = useFields(EMPTY);
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: () => dataOf(api.POST('/api/users', { body: fields })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['users'] });
      onClose();
    },
  });
  return (
    <FormDialog
      title="New user"
      action="Create user"
      ready={fields.email !== '' && fields.password.length >= MIN_PASSWORD && isComplete(fields)}
      busy={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="E-mail"
        type="email"
        required
        data-autofocus
        autoComplete="off"
        maxLength={254}
        value={fields.email}
        onChange={(event) => set({ email: event.currentTarget.value.trim() })}
      />
      <PasswordInput
        label="First password"
        description={`At least ${MIN_PASSWORD} characters. Tell it over another way than this page, and have it changed under Account.`}
        required
        autoComplete="new-password"
        maxLength={1_024}
        value={fields.password}
        onChange={(event) => set({ password: event.currentTarget.value })}
      />
      <RoleFields value={fields} onChange={set} />
    </FormDialog>
  );
}
