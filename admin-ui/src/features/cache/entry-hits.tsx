import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { useAllowed } from '../../auth/can';
import { Money } from '../../components/money';
import { QueryView } from '../../components/query-view';
import { RelativeTime } from '../../components/relative-time';
import { StatusBadge } from '../../components/status-badge';
import { useScopedPath } from '../../state/scoped-path';
import { BadHitDialog } from './bad-hit-dialog';
import { entryHitsQuery } from './cache.queries';

/** Hits that are shown at first, and on request: as many as the API gives. */
const FEW = 5;
const MOST = 100;

type Hit = Schemas['CacheHits']['data'][number];

interface EntryHitsProps {
  readonly id: string;
  readonly onGone: () => void;
}

/** Who was served from an entry: what they asked stands beside what is stored. */
export function EntryHits({ id, onGone }: EntryHitsProps) {
  const [limit, setLimit] = useState(FEW);
  const hits = useQuery({ ...entryHitsQuery(id, limit), placeholderData: keepPreviousData });
  const [wrong, setWrong] = useState<string | null>(null);
  return (
    <section className="entry-part" aria-labelledby="hits">
      <h3 id="hits">Latest hits</h3>
      <QueryView query={hits}>
        {({ data, promptsHidden }) => (
          <>
            {promptsHidden ? <p className="soft">What was asked is not shown to viewers.</p> : null}
            {data.length === 0 ? <p className="soft">Nobody was served from it, as far as traces are kept.</p> : null}
            <ul className="near-list">
              {data.map((hit) => (
                <HitRow key={hit.trace} hit={hit} hidden={promptsHidden} onWrong={() => setWrong(hit.trace)} />
              ))}
            </ul>
            {limit === FEW && data.length === FEW ? (
              <Button variant="default" size="compact-xs" onClick={() => setLimit(MOST)}>
                Show more hits
              </Button>
            ) : null}
          </>
        )}
      </QueryView>
      {wrong === null ? null : <BadHitDialog id={id} trace={wrong} onGone={onGone} onClose={() => setWrong(null)} />}
    </section>
  );
}

interface HitRowProps {
  readonly hit: Hit;
  readonly hidden: boolean;
  readonly onWrong: () => void;
}

function HitRow({ hit, hidden, onWrong }: HitRowProps) {
  const { trace, at, tenant, cache, similarity, savedUsd, prompt, feedback } = hit;
  const scoped = useScopedPath();
  return (
    <li>
      <p className="near-facts">
        <Link to={scoped(`/traces/${trace}`)}>
          <RelativeTime at={at} />
        </Link>
        <span className="foreign">{tenant ?? '–'}</span>
        <span className="soft">{similarity === null ? cache : `cosine ${similarity.toFixed(3)}`}</span>
        <Money usd={savedUsd} />
        {feedback === null ? null : <Verdict feedback={feedback} />}
        <Button variant="subtle" size="compact-xs" {...useAllowed('changeCache')} onClick={onWrong}>
          Wrong hit…
        </Button>
      </p>
      {prompt === null ? null : <p className="foreign">{prompt}</p>}
      {prompt === null && !hidden ? <p className="soft">What was asked is not kept.</p> : null}
    </li>
  );
}

function Verdict({ feedback }: { readonly feedback: number }) {
  if (feedback > 0) return <StatusBadge tone="good" label="said to be right" />;
  if (feedback < 0) return <StatusBadge tone="bad" label="said to be wrong" />;
  return <StatusBadge tone="calm" label="neither right nor wrong" />;
}
