import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client';
import { providersQuery } from '../../api/queries/relay.queries';
import { useAllowed } from '../../auth/can';
import { ConfirmDialog } from '../../components/confirm-dialog';

/** Lets calls through again before the breakers would try by themselves. */
export function ResetBreakers({ provider }: { readonly provider: string }) {
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  const reset = useMutation({
    mutationFn: () => dataOf(api.POST('/api/providers/{id}/breakers/reset', { params: { path: { id: provider } } })),
    onSuccess: () => {
      setAsking(false);
      void queries.invalidateQueries({ queryKey: providersQuery.queryKey });
    },
  });
  return (
    <>
      <Button variant="default" size="xs" {...useAllowed('resetBreakers')} onClick={() => setAsking(true)}>
        Close breakers
      </Button>
      {asking ? (
        <ConfirmDialog
          title={`Close the breakers of ${provider}`}
          action="Close breakers"
          busy={reset.isPending}
          error={reset.error}
          onConfirm={() => reset.mutate()}
          onClose={() => setAsking(false)}
        >
          <p>Requests go there again at once. If it still fails, the breakers open again.</p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
