import { Button, Modal } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, dataOf } from '../../api/client';
import { useAllowed } from '../../auth/can';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { Facts } from '../../components/facts';
import { TextView } from '../../components/json-view';
import { Money } from '../../components/money';
import { QueryView } from '../../components/query-view';
import { RelativeTime } from '../../components/relative-time';
import { StatusBadge } from '../../components/status-badge';
import { formatBytes, formatCount, formatDecimal } from '../../format/number';
import { entryQuery } from './cache.queries';

/** One stored answer: what it says, where it came from, and the way to get rid of it. */
export function EntryDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const entry = useQuery(entryQuery(id));
  return (
    <Modal opened onClose={onClose} size="xl" title="Cache entry" closeButtonProps={{ 'aria-label': 'Close' }}>
      <QueryView query={entry}>
        {(data) => (
          <div className="entry-body">
            <StatusBadge
              tone={data.status === 'active' ? 'good' : 'warn'}
              label={data.status}
              note={data.tags.join(', ') || null}
            />
            <Facts
              facts={[
                { name: 'Kind', value: data.kind },
                { name: 'Owner', value: <span className="foreign">{data.owner}</span> },
                { name: 'Model', value: <span className="foreign">{data.servedModel}</span> },
                { name: 'Created', value: <RelativeTime at={data.createdAt} /> },
                { name: 'Expires', value: <RelativeTime at={data.expiresAt} /> },
                { name: 'Size', value: formatBytes(data.bytes) },
                { name: 'Hits', value: formatCount(data.hits) },
                { name: 'Cost', value: <Money usd={data.costUsd} /> },
                { name: 'Least similarity', value: formatDecimal(data.minSimilarity) },
              ]}
            />
            <p>
              Made by <Link to={`/traces/${data.sourceTrace}`}>trace {data.sourceTrace}</Link>
            </p>
            {data.prompt === null ? null : <TextView label="Prompt" text={data.prompt} />}
            {data.answer === null ? null : <TextView label="Answer" text={data.answer} />}
            <Remove id={id} onRemoved={onClose} />
          </div>
        )}
      </QueryView>
    </Modal>
  );
}

function Remove({ id, onRemoved }: { readonly id: string; readonly onRemoved: () => void }) {
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => dataOf(api.POST('/api/cache/invalidate', { body: { entry: id } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['cache', 'entries'] });
      onRemoved();
    },
  });
  return (
    <div>
      <Button variant="default" size="xs" {...useAllowed('changeCache')} onClick={() => setAsking(true)}>
        Remove
      </Button>
      {asking ? (
        <ConfirmDialog
          title="Remove this entry"
          action="Remove"
          danger
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => setAsking(false)}
        >
          <p>The next such request is asked anew. Copies in the memories of processes are void at once.</p>
        </ConfirmDialog>
      ) : null}
    </div>
  );
}
