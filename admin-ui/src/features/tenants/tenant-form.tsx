import { TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { api, dataOf } from '../../api/client';
import { FormDialog } from '../../components/form-dialog';
import { NumberField } from '../../components/number-field';
import { useFields } from '../../components/use-fields';
import { LimitField } from './limit-field';
import { limitFields, tenantLimits, type LimitFields } from './limits';
import { ModelsField } from './models-field';
import type { Tenant } from './tenants.queries';

const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;
const MAX_TAGS = 32;

interface Fields extends LimitFields {
  readonly name: string;
  readonly weight: number | null; // null: is being typed
  readonly tier: string;
  readonly tags: readonly string[];
  readonly models: readonly string[] | null;
}

const EMPTY_WEIGHT = 1;
const EMPTY: Fields = { name: '', weight: EMPTY_WEIGHT, tier: 'standard', tags: [], models: null, ...limitFields({}) };

const bodyOf = ({ name, weight, tier, tags, models, ...limits }: Fields) => ({
  ...(name === '' ? {} : { name }),
  ...{
    weight: weight ?? EMPTY_WEIGHT,
    tier,
    tags: [...tags],
    models: models && [...models],
    limits: tenantLimits(limits),
  },
});

export function CreateTenantDialog({ onClose }: { readonly onClose: () => void }) {
  const [fields, set] = useFields({ ...EMPTY, id: '' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: () => {
      const { id, ...rest } = fields;
      return dataOf(api.POST('/api/tenants', { body: { id, ...bodyOf(rest) } }));
    },
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['tenants'] });
      onClose();
      await navigate(`/tenants/${encodeURIComponent(id)}`);
    },
  });
  const wrong = fields.id !== '' && !ID.test(fields.id);
  return (
    <FormDialog
      title="New tenant"
      action="Create tenant"
      ready={ID.test(fields.id) && fields.weight !== null}
      busy={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Id"
        description="Stands in traces, policies and bills, and never changes. Letters, digits and . _ : / -"
        required
        data-autofocus
        maxLength={128}
        error={wrong ? 'Begins with a letter or digit; letters, digits and . _ : / - only' : null}
        value={fields.id}
        onChange={(event) => set({ id: event.currentTarget.value.trim() })}
      />
      <TenantFields fields={fields} onChange={set} />
    </FormDialog>
  );
}

export function EditTenantDialog({ tenant, onClose }: { readonly tenant: Tenant; readonly onClose: () => void }) {
  const { id, name, weight, tier, tags, models, limits } = tenant;
  const [fields, set] = useFields<Fields>({ name, weight, tier, tags, models, ...limitFields(limits) });
  const queries = useQueryClient();
  const update = useMutation({
    mutationFn: () => dataOf(api.PATCH('/api/tenants/{id}', { params: { path: { id } }, body: bodyOf(fields) })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['tenants'] });
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Edit ${id}`}
      action="Save"
      ready={fields.name !== '' && fields.weight !== null}
      busy={update.isPending}
      error={update.error}
      onSubmit={() => update.mutate()}
      onClose={onClose}
    >
      <TenantFields fields={fields} onChange={set} />
    </FormDialog>
  );
}

interface TenantFieldsProps {
  readonly fields: Fields;
  readonly onChange: (change: Partial<Fields>) => void;
}

function TenantFields({ fields, onChange }: TenantFieldsProps) {
  const { name, weight, tier, tags, models, requestsPerMinute, tokensPerMinute, concurrency } = fields;
  return (
    <>
      <TextInput
        label="Name"
        placeholder="As people call it; the id if left empty"
        maxLength={128}
        value={name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <div className="field-row">
        <NumberField
          label="Weight"
          description="Its share of slots when all wait"
          min={0.001}
          max={1_000}
          value={weight}
          onChange={(next) => onChange({ weight: next })}
        />
        <TextInput
          label="Tier"
          description="For rules of policies"
          maxLength={64}
          value={tier}
          onChange={(event) => onChange({ tier: event.currentTarget.value })}
        />
      </div>
      <TagsInput
        label="Tags"
        maxTags={MAX_TAGS}
        value={[...tags]}
        onChange={(next) => onChange({ tags: next })}
        clearable
        clearButtonProps={{ 'aria-label': 'No tags' }}
      />
      <div className="field-row">
        <LimitField
          label="Requests a minute"
          value={requestsPerMinute}
          onChange={(next) => onChange({ requestsPerMinute: next })}
        />
        <LimitField
          label="Tokens a minute"
          value={tokensPerMinute}
          onChange={(next) => onChange({ tokensPerMinute: next })}
        />
        <LimitField label="At once" value={concurrency} onChange={(next) => onChange({ concurrency: next })} />
      </div>
      <ModelsField all="All models of the relay" value={models} onChange={(next) => onChange({ models: next })} />
    </>
  );
}
