import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client';
import { useAllowed } from '../../../auth/can';
import type { Alert } from '../alerts.queries';

/** Says that somebody knows: it is not repeated any more. */
export function AcknowledgeButton({ alert }: { readonly alert: Alert }) {
  const allowed = useAllowed('manageAlerts');
  const queries = useQueryClient();
  const acknowledge = useMutation({
    mutationFn: () => dataOf(api.POST('/api/alerts/{id}/ack', { params: { path: { id: alert.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['alerts'] }),
    onError: ({ message }) => notifications.show({ color: 'red', title: 'Not acknowledged', message }),
  });
  if (alert.acknowledgedAt !== null || alert.state === 'resolved') return null;
  return (
    <Button
      variant="default"
      size="compact-xs"
      loading={acknowledge.isPending}
      {...allowed}
      onClick={() => acknowledge.mutate()}
    >
      Acknowledge
    </Button>
  );
}
