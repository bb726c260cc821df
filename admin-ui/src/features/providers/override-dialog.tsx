import { Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client';
import { providersQuery } from '../../api/queries/relay.queries';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { leftAlone, MODES, type Mode, SPANS, USUAL_SPAN_MS } from './override';

export interface Spoken {
  readonly provider: string;
  readonly target: string | null; // null: all its models
}

/** Asks for how long and why, and tells whom it leaves without a model. */
export function OverrideDialog({ provider, target, mode, onClose }: Spoken & { mode: Mode; onClose: () => void }) {
  const [forMs, setForMs] = useState(USUAL_SPAN_MS);
  const queries = useQueryClient();
  const providers = useQuery(providersQuery).data?.data ?? [];
  const alone = mode === 'closed' ? [] : leftAlone(providers, provider, target);
  const override = useMutation({
    mutationFn: (reason: string) => {
      const body = { mode, forMs, reason, ...(target === null ? {} : { target }) };
      return dataOf(api.PUT('/api/providers/{id}/override', { params: { path: { id: provider } }, body }));
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: providersQuery.queryKey });
      onClose();
    },
  });
  const { action, what } = MODES[mode];
  return (
    <ConfirmDialog
      title={`${action}: ${nameOf({ provider, target })}`}
      action={action}
      danger={alone.length > 0}
      reason={{ label: 'Reason', required: true }}
      busy={override.isPending}
      error={override.error}
      onConfirm={(reason) => override.mutate(reason)}
      onClose={onClose}
    >
      <p>{what} This holds for all gateways, and ends by itself.</p>
      {alone.length === 0 ? null : (
        <p className="tone-bad foreign" role="alert">
          Nobody else serves {alone.join(', ')} at the moment: such requests will fail.
        </p>
      )}
      <Select
        label="For"
        allowDeselect={false}
        data={SPANS.map(({ ms, label }) => ({ value: String(ms), label }))}
        value={String(forMs)}
        onChange={(value) => setForMs(Number(value))}
      />
    </ConfirmDialog>
  );
}

export function EndOverrideDialog({ provider, target, onClose }: Spoken & { onClose: () => void }) {
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => {
      const params = { path: { id: provider }, query: target === null ? {} : { target } };
      return dataOf(api.DELETE('/api/providers/{id}/override', { params }));
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: providersQuery.queryKey });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`End the override of ${nameOf({ provider, target })}`}
      action="End it"
      busy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate()}
      onClose={onClose}
    >
      <p>Its breaker decides again, at once and for all gateways.</p>
    </ConfirmDialog>
  );
}

const nameOf = ({ provider, target }: Spoken): string => (target === null ? provider : `${provider} ${target}`);
