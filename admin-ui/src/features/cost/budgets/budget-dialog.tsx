import { SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../../api/client';
import type { Budget } from '../../../api/queries/budgets.queries';
import { TenantSelect } from '../../../components/tenant-select';
import { FormDialog } from '../../../components/form-dialog';
import { useTenantScope } from '../../../state/tenant-scope';
import { keysQuery } from '../cost.queries';
import { isLimit, readThresholds, writeThresholds } from './budget-order';

const PERIODS = [
  { value: 'month', label: 'A month' },
  { value: 'day', label: 'A day' },
];

interface BudgetDialogProps {
  readonly budget?: Budget; // that is changed; without it one is made
  readonly onClose: () => void;
}

export function BudgetDialog({ budget, onClose }: BudgetDialogProps) {
  const { tenant: scope } = useTenantScope();
  const [tenant, setTenant] = useState(budget?.tenant ?? scope);
  const [keyId, setKeyId] = useState(budget?.keyId ?? null);
  const [period, setPeriod] = useState<Budget['period']>(budget?.period ?? 'month');
  const [limit, setLimit] = useState(budget?.limitUsd ?? '');
  const [hard, setHard] = useState(budget?.hard ?? true);
  const [thresholds, setThresholds] = useState(writeThresholds(budget?.alerts ?? [0.5, 0.8, 1]));
  const alerts = readThresholds(thresholds);
  const ready = tenant !== null && isLimit(limit) && alerts !== null;
  const save = useSave(budget, onClose);
  const submit = (): void => {
    if (ready) save.mutate({ tenant, keyId, period, limitUsd: limit, hard, alerts });
  };
  return (
    <FormDialog
      title={budget ? 'Change the budget' : 'New budget'}
      action={budget ? 'Save' : 'Create'}
      ready={ready}
      busy={save.isPending}
      error={save.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <WhoseBudget tenant={tenant} keyId={keyId} fixed={budget !== undefined} onTenant={setTenant} onKey={setKeyId} />
      <SegmentedControl
        aria-label="Period"
        data={PERIODS}
        value={period}
        disabled={budget !== undefined}
        onChange={(next) => setPeriod(next === 'day' ? 'day' : 'month')}
      />
      <TextInput
        label="Limit in USD"
        {...(tenant === null ? {} : { 'data-autofocus': true })}
        inputMode="decimal"
        placeholder="500"
        autoComplete="off"
        withAsterisk
        value={limit}
        error={limit === '' || isLimit(limit) ? null : 'More than 0, with a point and at most nine decimals'}
        onChange={(event) => setLimit(event.currentTarget.value.trim())}
      />
      <Switch
        label="Stops requests when it is used up"
        description={hard ? '402 budget_exceeded; answers from the cache pass' : 'Only warns'}
        checked={hard}
        onChange={(event) => setHard(event.currentTarget.checked)}
      />
      <TextInput
        label="Warns at, in percent of the limit"
        autoComplete="off"
        value={thresholds}
        error={alerts === null ? 'Percentages such as 50, 80, 100' : null}
        onChange={(event) => setThresholds(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

type Entered = Pick<Budget, 'tenant' | 'keyId' | 'period' | 'limitUsd' | 'hard' | 'alerts'>;

function useSave(budget: Budget | undefined, onSaved: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ limitUsd, hard, alerts, ...whose }: Entered) =>
      budget
        ? dataOf(
            api.PATCH('/api/budgets/{id}', { params: { path: { id: budget.id } }, body: { limitUsd, hard, alerts } }),
          )
        : dataOf(api.POST('/api/budgets', { body: { ...whose, limitUsd, hard, alerts } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['budgets'] });
      onSaved();
    },
  });
}

interface WhoseBudgetProps {
  readonly tenant: string | null;
  readonly keyId: string | null;
  readonly fixed: boolean; // whose budget it is never changes
  readonly onTenant: (tenant: string | null) => void;
  readonly onKey: (keyId: string | null) => void;
}

function WhoseBudget({ tenant, keyId, fixed, onTenant, onKey }: WhoseBudgetProps) {
  const keys = useQuery({ ...keysQuery(tenant ?? ''), enabled: tenant !== null }).data?.data ?? [];
  return (
    <>
      <TenantSelect
        label="Tenant"
        withAsterisk
        disabled={fixed}
        value={tenant}
        onChange={(next) => {
          onTenant(next);
          onKey(null);
        }}
      />
      <Select
        label="Key"
        description="Nothing: all keys of the tenant together"
        searchable
        clearable
        disabled={fixed || tenant === null}
        clearButtonProps={{ 'aria-label': 'All keys' }}
        data={keys.map(({ id, name }) => ({ value: id, label: `${name} · ${id}` }))}
        value={keyId}
        onChange={onKey}
      />
    </>
  );
}
