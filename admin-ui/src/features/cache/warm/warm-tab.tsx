import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schemas } from '../../../api/client';
import { useAllowed } from '../../../auth/can';
import { Money } from '../../../components/money';
import { QueryView } from '../../../components/query-view';
import { RelativeTime } from '../../../components/relative-time';
import { EmptyState } from '../../../components/states';
import { StatusBadge } from '../../../components/status-badge';
import { formatCount } from '../../../format/number';
import { warmingsQuery } from '../cache.queries';
import { WarmDialog } from './warm-dialog';

type Warming = Schemas['Warming'];

/** While one runs its progress is looked at so often, in ms. */
const LOOK_MS = 1_000;
const TONES = { waiting: 'calm', running: 'accent', done: 'good', failed: 'bad', cancelled: 'warn' } as const;

const isOpen = ({ status }: Warming): boolean => status === 'waiting' || status === 'running';

/** Requests that are asked ahead of need, so that the cache has their answers. */
export function WarmTab() {
  const [starting, setStarting] = useState(false);
  const allowed = useAllowed('changeCache');
  const warmings = useQuery({
    ...warmingsQuery,
    refetchInterval: ({ state }) => (state.data?.data.some(isOpen) ? LOOK_MS : false),
  });
  return (
    <>
      <div className="cache-tools">
        <Button size="xs" {...allowed} onClick={() => setStarting(true)}>
          Warm the cache…
        </Button>
      </div>
      <QueryView query={warmings}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState
              title="Nothing was asked ahead"
              text="Ask the most frequent requests of the last days again, or requests of your own, before anybody needs them."
            />
          ) : (
            <ul className="warm-list" aria-label="Warmings">
              {data.map((warming) => (
                <WarmingCard key={warming.id} warming={warming} />
              ))}
            </ul>
          )
        }
      </QueryView>
      {starting ? <WarmDialog onClose={() => setStarting(false)} /> : null}
    </>
  );
}

function WarmingCard({ warming }: { readonly warming: Warming }) {
  const { id, tenant, status, total, asked, cached, failed, costUsd, reason, errors, createdAt } = warming;
  const queries = useQueryClient();
  const allowed = useAllowed('changeCache');
  const cancel = useMutation({
    mutationFn: () => dataOf(api.DELETE('/api/cache/warm/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['cache', 'warmings'] }),
  });
  return (
    <li className="warm-card">
      <div className="warm-head">
        <b className="foreign">{tenant}</b>
        <StatusBadge tone={TONES[status]} label={status} />
        <span className="soft">
          <RelativeTime at={createdAt} />
        </span>
        {isOpen(warming) ? (
          <Button
            variant="default"
            size="compact-xs"
            {...allowed}
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            Cancel
          </Button>
        ) : null}
      </div>
      <Progress value={total === 0 ? 0 : (asked / total) * 100} aria-label={`${asked} of ${total} asked`} />
      <p className="soft">
        {formatCount(asked)} of {formatCount(total)} asked: {formatCount(asked - cached - failed)} stored,{' '}
        {formatCount(cached)} were there, {formatCount(failed)} failed · <Money usd={costUsd} />
      </p>
      {reason === null ? null : <p className="tone-warn foreign">{reason}</p>}
      {errors.map(({ request, code, message }) => (
        <p key={request} className="tone-warn foreign">
          Request {request}: {code}: {message}
        </p>
      ))}
      {cancel.error ? (
        <p className="tone-bad foreign" role="alert">
          {cancel.error.message}
        </p>
      ) : null}
    </li>
  );
}
