import { Checkbox, Group, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../../api/client';
import { useUser } from '../../../auth/use-session';
import { FormDialog } from '../../../components/form-dialog';
import { useFields } from '../../../components/use-fields';
import { LimitField } from '../limit-field';
import { keyLimits, limitFields } from '../limits';
import { ModelsField } from '../models-field';
import type { ApiKey, Tenant } from '../tenants.queries';
import { ExpiryField, NOT_CHOSEN } from './expiry-field';

interface Fields {
  readonly name: string;
  readonly inference: boolean;
  readonly actAs: boolean;
  readonly models: readonly string[] | null;
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  readonly expiresAt: string | null;
}

const EMPTY: Fields = {
  ...{ name: '', inference: true, actAs: false, models: null, expiresAt: null },
  ...{ requestsPerMinute: null, tokensPerMinute: null },
};

const isReady = ({ name, inference, actAs, expiresAt }: Fields): boolean =>
  name.trim() !== '' && (inference || actAs) && expiresAt !== NOT_CHOSEN;

function bodyOf({ name, inference, actAs, models, expiresAt, ...limits }: Fields) {
  const scopes = [...(inference ? ['inference' as const] : []), ...(actAs ? ['tenant:act-as' as const] : [])];
  return { name: name.trim(), scopes, models: models && [...models], limits: keyLimits(limits), expiresAt };
}

interface CreateKeyDialogProps {
  readonly tenant: Tenant;
  readonly onMade: (key: Schemas['CreatedApiKey']) => void;
  readonly onClose: () => void;
}

export function CreateKeyDialog({ tenant, onMade, onClose }: CreateKeyDialogProps) {
  const [fields, set] = useFields(EMPTY);
  const queries = useQueryClient();
  const params = { path: { id: tenant.id } };
  const create = useMutation({
    mutationFn: () => dataOf(api.POST('/api/tenants/{id}/keys', { params, body: bodyOf(fields) })),
    onSuccess: (made) => {
      onMade(made); // before anything else: it is not to be had again
      return queries.invalidateQueries({ queryKey: ['tenants', 'keys', tenant.id] });
    },
  });
  return (
    <FormDialog
      title={`New key of ${tenant.id}`}
      action="Create key"
      ready={isReady(fields)}
      busy={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <KeyFields tenant={tenant} fields={fields} onChange={set} />
    </FormDialog>
  );
}

interface EditKeyDialogProps {
  readonly tenant: Tenant;
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
}

export function EditKeyDialog({ tenant, apiKey, onClose }: EditKeyDialogProps) {
  const { id: keyId, name, scopes, models, expiresAt, limits } = apiKey;
  const { requestsPerMinute, tokensPerMinute } = limitFields(limits);
  const [fields, set] = useFields<Fields>({
    ...{ name, models, expiresAt, requestsPerMinute, tokensPerMinute },
    ...{ inference: scopes.includes('inference'), actAs: scopes.includes('tenant:act-as') },
  });
  const queries = useQueryClient();
  const params = { path: { id: tenant.id, keyId } };
  const update = useMutation({
    mutationFn: () => dataOf(api.PATCH('/api/tenants/{id}/keys/{keyId}', { params, body: bodyOf(fields) })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['tenants', 'keys', tenant.id] });
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Edit the key ${name}`}
      action="Save"
      ready={isReady(fields)}
      busy={update.isPending}
      error={update.error}
      onSubmit={() => update.mutate()}
      onClose={onClose}
    >
      <KeyFields tenant={tenant} fields={fields} onChange={set} />
    </FormDialog>
  );
}

interface KeyFieldsProps {
  readonly tenant: Tenant;
  readonly fields: Fields;
  readonly onChange: (change: Partial<Fields>) => void;
}

function KeyFields({ tenant, fields, onChange }: KeyFieldsProps) {
  const reaches = useUser().role !== 'tenant-admin'; // who manages one tenant makes no keys that reach others
  return (
    <>
      <TextInput
        label="Name"
        description="Where it is used, so that it can be found when it leaks"
        required
        data-autofocus
        maxLength={64}
        value={fields.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Group gap="lg">
        <Checkbox
          label="inference"
          description="Calls /v1"
          checked={fields.inference}
          onChange={(event) => onChange({ inference: event.currentTarget.checked })}
        />
        <Checkbox
          label="tenant:act-as"
          description="Calls for another tenant, which X-Tenant-Id names"
          checked={fields.actAs}
          disabled={!reaches}
          title={reaches ? undefined : 'An owner or operator can give this.'}
          onChange={(event) => onChange({ actAs: event.currentTarget.checked })}
        />
      </Group>
      <ModelsField
        all="All models of its tenant"
        choices={tenant.models}
        value={fields.models}
        onChange={(models) => onChange({ models })}
      />
      <div className="field-row">
        <LimitField
          label="Requests a minute"
          value={fields.requestsPerMinute}
          onChange={(requestsPerMinute) => onChange({ requestsPerMinute })}
        />
        <LimitField
          label="Tokens a minute"
          value={fields.tokensPerMinute}
          onChange={(tokensPerMinute) => onChange({ tokensPerMinute })}
        />
      </div>
      <ExpiryField value={fields.expiresAt} onChange={(expiresAt) => onChange({ expiresAt })} />
    </>
  );
}
