import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { api, dataOf } from '../../../api/client';
import { Can } from '../../../auth/can';
import { ConfirmDialog } from '../../../components/confirm-dialog';
import { Money } from '../../../components/money';
import { formatDuration } from '../../../format/duration';
import { formatDecimal } from '../../../format/number';
import { isHit } from '../trace-status';
import type { TraceDetail } from '../../../api/queries/trace.queries';

const STORY = {
  'exact-l1': 'The same request was answered before; its answer came from the memory of this process.',
  'exact-l2': 'The same request was answered before; its answer came from Redis.',
  semantic: 'A request that means the same was answered before.',
  coalesced: 'The same request was being answered already; this one shared the answer.',
  miss: 'Nothing in the cache answers this request.',
  bypass: 'The cache was not asked: the policy or the request has it so.',
} as const satisfies Record<TraceDetail['cache'], string>;

export function CacheStory({ trace }: { readonly trace: TraceDetail }) {
  const lookup = trace.stages.find(({ name }) => name === 'semantic')?.attributes ?? {};
  const threshold = trace.plan?.cache.semantic.threshold ?? null;
  return (
    <>
      <p>
        <b>{trace.cache}</b>. {STORY[trace.cache]}
      </p>
      <table className="plain-table">
        <tbody>
          <Line name="Similarity">
            {formatDecimal(trace.similarity)}
            {trace.similarity !== null && threshold !== null ? ` against a threshold of ${threshold}` : ''}
          </Line>
          <Line name="Answer of trace">
            {trace.cacheSource === null ? '–' : <Link to={`/traces/${trace.cacheSource}`}>{trace.cacheSource}</Link>}
          </Line>
          <Line name="Entry">
            <code className="foreign">{trace.cacheEntry ?? '–'}</code>
          </Line>
          <Line name="Saved">
            <Money usd={trace.savedUsd} /> and {formatDuration(trace.savedMs)}
          </Line>
          {Object.entries(lookup).map(([name, value]) => (
            <Line key={name} name={`Look-up: ${name}`}>
              <span className="foreign">{String(value)}</span>
            </Line>
          ))}
        </tbody>
      </table>
      {isHit(trace.cache) && trace.cacheEntry !== null ? (
        <Can do="changeCache">
          <MarkBadHit entry={trace.cacheEntry} trace={trace.id} />
        </Can>
      ) : null}
    </>
  );
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <tr>
      <td className="soft">{name}</td>
      <td>{children}</td>
    </tr>
  );
}

/** Says that the stored answer was wrong for this request: it is not served again, and the threshold learns. */
function MarkBadHit({ entry, trace }: { readonly entry: string; readonly trace: string }) {
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  const mark = useMutation({
    mutationFn: (comment: string) =>
      dataOf(
        api.POST('/api/cache/entries/{id}/bad-hit', {
          params: { path: { id: entry } },
          body: { trace, ...(comment ? { comment } : {}) },
        }),
      ),
    onSuccess: () => {
      setAsking(false);
      void queries.invalidateQueries({ queryKey: ['cache'] });
    },
  });
  if (mark.isSuccess) return <p role="status">Marked: {mark.data.removed} entries are not served any more.</p>;
  return (
    <div>
      <Button variant="default" size="xs" onClick={() => setAsking(true)}>
        Mark as a bad hit
      </Button>
      {asking ? (
        <ConfirmDialog
          title="Mark this hit as bad"
          action="Mark as bad"
          danger
          reason={{ label: 'What was wrong with it' }}
          busy={mark.isPending}
          error={mark.error}
          onConfirm={(comment) => mark.mutate(comment)}
          onClose={() => setAsking(false)}
        >
          <p>The entry is removed, and the figures of its evidence class count an error.</p>
        </ConfirmDialog>
      ) : null}
    </div>
  );
}
