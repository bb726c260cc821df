import { MultiSelect, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import { TenantSelect } from '../../../components/tenant-select';
import { FormDialog } from '../../../components/form-dialog';
import { NumberField } from '../../../components/number-field';
import { useFields } from '../../../components/use-fields';
import { useTenantScope } from '../../../state/tenant-scope';
import { KINDS } from '../alert-values';
import { channelsQuery, SEVERITIES, type AlertRule } from '../alerts.queries';
import { placeholdersOf } from './kind-defaults';
import { changeBody, createBody, EMPTY_RULE, fieldsOf, isWhole, thresholdLabel, type RuleFields } from './rule-fields';

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const KIND_CHOICES = Object.entries(KINDS).map(([value, { text }]) => ({ value, label: `${value}: ${text}` }));

/** Makes a rule (`rule` is null), or changes one; a changed copy of a built-in rule takes its place. */
export function RuleDialog({ rule, onClose }: { readonly rule: AlertRule | null; readonly onClose: () => void }) {
  const { tenant: scope } = useTenantScope();
  const [fields, set] = useFields<RuleFields>(rule === null ? { ...EMPTY_RULE, tenant: scope ?? '' } : fieldsOf(rule));
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      rule === null
        ? dataOf(api.POST('/api/alerts/rules', { body: createBody(fields) }))
        : dataOf(api.PATCH('/api/alerts/rules/{id}', { params: { path: { id: rule.id } }, body: changeBody(fields) })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['alerts'] });
      onClose();
    },
  });
  return (
    <FormDialog
      title={rule === null ? 'New rule' : `Edit ${rule.id}`}
      action={rule === null ? 'Create rule' : 'Save'}
      ready={ID.test(fields.id) && (rule === null || isWhole(fields))}
      busy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {rule === null ? <NewRuleFields fields={fields} onChange={set} /> : null}
      <Measures fields={fields} onChange={set} />
      <Scope fields={fields} onChange={set} />
      <Telling fields={fields} onChange={set} />
    </FormDialog>
  );
}

interface FieldsProps {
  readonly fields: RuleFields;
  readonly onChange: (change: Partial<RuleFields>) => void;
}

function NewRuleFields({ fields, onChange }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Id"
        required
        data-autofocus
        maxLength={64}
        error={fields.id !== '' && !ID.test(fields.id) ? 'Lower-case letters, digits and - only' : null}
        value={fields.id}
        onChange={(event) => onChange({ id: event.currentTarget.value.trim() })}
      />
      <Select
        label="Measures"
        data={KIND_CHOICES}
        value={fields.kind}
        allowDeselect={false}
        onChange={(next) => onChange({ kind: (next ?? fields.kind) as RuleFields['kind'], threshold: null })}
      />
    </>
  );
}

function Measures({ fields, onChange }: FieldsProps) {
  const placeholders = placeholdersOf(fields.kind);
  return (
    <div className="rule-row">
      <NumberField
        placeholder={placeholders.threshold}
        description="Fires from here on"
        min={0}
        label={thresholdLabel(fields.kind)}
        value={fields.threshold}
        onChange={(threshold) => onChange({ threshold })}
      />
      <NumberField
        placeholder={placeholders.windowMinutes}
        description="Measured over so long"
        min={0}
        label="Window (min)"
        value={fields.windowMinutes}
        onChange={(windowMinutes) => onChange({ windowMinutes })}
      />
      <NumberField
        placeholder={placeholders.minRequests}
        description="With fewer nothing fires"
        min={0}
        label="At least (requests)"
        value={fields.minRequests}
        onChange={(minRequests) => onChange({ minRequests })}
      />
      <NumberField
        placeholder={placeholders.forMinutes}
        description="Fires when it held so long"
        min={0}
        label="Lasting (min)"
        value={fields.forMinutes}
        onChange={(forMinutes) => onChange({ forMinutes })}
      />
    </div>
  );
}

function Scope({ fields, onChange }: FieldsProps) {
  return (
    <div className="rule-row">
      <TenantSelect
        label="Tenant"
        placeholder="Any"
        value={fields.tenant === '' ? null : fields.tenant}
        clearable
        clearButtonProps={{ 'aria-label': 'Any tenant' }}
        onChange={(next) => onChange({ tenant: next ?? '' })}
      />
      <TextInput
        label="Model"
        placeholder="Any"
        maxLength={128}
        value={fields.model}
        onChange={(event) => onChange({ model: event.currentTarget.value.trim() })}
      />
      <TextInput
        label="Provider"
        placeholder="Any"
        maxLength={128}
        value={fields.provider}
        onChange={(event) => onChange({ provider: event.currentTarget.value.trim() })}
      />
      <Select
        label="Alerts"
        placeholder={placeholdersOf(fields.kind).by}
        data={['tenant', 'model', 'provider'].map((value) => ({ value, label: `One for each ${value}` }))}
        value={fields.by}
        clearable
        clearButtonProps={{ 'aria-label': 'One for all' }}
        onChange={(next) => onChange({ by: next as RuleFields['by'] })}
      />
    </div>
  );
}

function Telling({ fields, onChange }: FieldsProps) {
  const channels = useQuery(channelsQuery).data?.data.map(({ id }) => id) ?? [];
  return (
    <div className="rule-row">
      <Select
        label="Severity"
        data={[...SEVERITIES]}
        value={fields.severity}
        allowDeselect={false}
        onChange={(next) => onChange({ severity: next ?? 'warning' })}
      />
      <MultiSelect
        label="Tells"
        placeholder={fields.channels.length === 0 ? 'Nobody: history only' : ''}
        data={[...new Set([...channels, ...fields.channels])]}
        value={[...fields.channels]}
        onChange={(next) => onChange({ channels: next })}
        clearable
        clearButtonProps={{ 'aria-label': 'Nobody' }}
      />
    </div>
  );
}
