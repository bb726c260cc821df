import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client';
import { useAllowed } from '../../../auth/can';
import { ConfirmDialog } from '../../../components/confirm-dialog';
import { StatusBadge } from '../../../components/status-badge';
import { formatDuration } from '../../../format/duration';
import type { AlertChannel } from '../alerts.queries';

export function ChannelRow({ channel }: { readonly channel: AlertChannel }) {
  const { id, kind, origin, signed, source } = channel;
  const allowed = useAllowed('manageChannels');
  const [removing, setRemoving] = useState(false);
  const test = useMutation({
    mutationFn: () => dataOf(api.POST('/api/alerts/channels/{id}/test', { params: { path: { id } } })),
  });
  const inFile = source === 'config';
  const mayRemove = inFile ? { disabled: true, title: 'It is written in relay.yaml; change it there.' } : allowed;
  return (
    <tr>
      <td className="strong foreign">{id}</td>
      <td>{kind}</td>
      <td className="mono foreign">{origin}</td>
      <td>{signed ? 'yes' : 'no'}</td>
      <td>{inFile ? 'relay.yaml' : 'console'}</td>
      <td>
        <Group gap="xs" wrap="nowrap">
          <Button
            variant="default"
            size="compact-xs"
            loading={test.isPending}
            {...allowed}
            onClick={() => test.mutate()}
          >
            Send a test
          </Button>
          <Button variant="default" size="compact-xs" {...mayRemove} onClick={() => setRemoving(true)}>
            Remove…
          </Button>
          <span role="status">
            {test.data ? <Result result={test.data} /> : null}
            {test.error ? <span className="tone-bad foreign">{test.error.message}</span> : null}
          </span>
        </Group>
        {removing ? <RemoveChannel id={id} onClose={() => setRemoving(false)} /> : null}
      </td>
    </tr>
  );
}

function Result({ result }: { readonly result: Schemas['AlertChannelTest'] }) {
  const { delivered, httpStatus, error, durationMs } = result;
  return (
    <StatusBadge
      tone={delivered ? 'good' : 'bad'}
      label={delivered ? 'Delivered' : (error ?? `Refused with status ${httpStatus}`)}
      note={formatDuration(durationMs)}
    />
  );
}

function RemoveChannel({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE('/api/alerts/channels/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['alerts'] });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title="Remove this channel"
      action="Remove"
      danger
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>
        Rules that name <b className="foreign">{id}</b> tell nobody over it any more.
      </p>
    </ConfirmDialog>
  );
}
