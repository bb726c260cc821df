import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../../api/client';
import { Can } from '../../../auth/can';
import { Card } from '../../../components/card';
import { RelativeTime } from '../../../components/relative-time';
import { StatusBadge, type Tone } from '../../../components/status-badge';
import { formatShare } from '../../../format/number';
import { PromoteCanaryDialog, StopCanaryDialog } from './canary-dialogs';
import { CanaryFigures } from './canary-figures';
import './canary.css';

type Canary = Schemas['PolicyCanary'];

/** The canary that runs; of one that was stopped by itself the reason, for a week, or until something is published or tried again. */
export function CanaryCard({ overview }: { readonly overview: Schemas['PolicyOverview'] }) {
  const { canary, published } = overview;
  if (canary === null) return null;
  if (canary.status === 'running') return <Running canary={canary} />;
  if (canary.endedBy !== GUARD || canary.endedAt === null) return null;
  const isNews = canary.endedAt > (published?.publishedAt ?? '') && Date.now() - Date.parse(canary.endedAt) < NEWS_MS;
  return isNews ? <Stopped canary={canary} /> : null;
}

/** So long it is told that a canary was stopped: a week. */
const NEWS_MS = 7 * 86_400_000;

const GUARD = 'guard'; // who stops canaries by itself, as the API names it

function Running({ canary }: { readonly canary: Canary }) {
  const [asked, setAsked] = useState<'promote' | 'stop' | null>(null);
  const { version, against, share, unit, startedBy, startedAt, judgement } = canary;
  const close = (): void => setAsked(null);
  const verdict = judgement?.verdict ?? 'waiting';
  return (
    <div className="canary">
      <Card
        title={`Canary ${version}`}
        hint={
          <>
            plans {formatShare(share)} of the traffic, by {unit}, against <b className="foreign">{against}</b>; begun by{' '}
            <span className="foreign">{startedBy}</span> <RelativeTime at={startedAt} />
          </>
        }
        action={
          <Can do="changePolicies">
            <span className="canary-actions">
              <Button variant="default" size="xs" onClick={() => setAsked('stop')}>
                Stop
              </Button>
              <Button size="xs" onClick={() => setAsked('promote')}>
                Promote
              </Button>
            </span>
          </Can>
        }
      >
        <p>
          <StatusBadge tone={VERDICTS[verdict].tone} label={VERDICTS[verdict].label} />
          {judgement ? (
            <span className="soft">
              {' '}
              looked at <RelativeTime at={judgement.at} />
            </span>
          ) : null}
        </p>
        {judgement ? <CanaryFigures canary={canary} judgement={judgement} /> : null}
      </Card>
      {asked === 'promote' ? <PromoteCanaryDialog version={version} onClose={close} /> : null}
      {asked === 'stop' ? <StopCanaryDialog version={version} onClose={close} /> : null}
    </div>
  );
}

function Stopped({ canary }: { readonly canary: Canary }) {
  const { version, endedAt, reason, judgement } = canary;
  return (
    <div className="canary">
      <Card
        title={`The canary ${version} was stopped by itself`}
        hint={<>{endedAt ? <RelativeTime at={endedAt} /> : null}; all requests are planned by what is in force again</>}
      >
        <ul className="canary-reasons tone-bad" aria-label="Reasons">
          {(reason ?? '').split('\n').map((line) => (
            <li key={line} className="foreign">
              {line}
            </li>
          ))}
        </ul>
        {judgement ? <CanaryFigures canary={canary} judgement={judgement} /> : null}
      </Card>
    </div>
  );
}

const VERDICTS = {
  worse: { tone: 'bad', label: 'Worse than what is in force' },
  fine: { tone: 'good', label: 'No worse than is allowed' },
  undecided: { tone: 'accent', label: 'Not decided yet' },
  waiting: { tone: 'calm', label: 'Waiting for requests' },
} as const satisfies Record<Schemas['CanaryJudgement']['verdict'], { tone: Tone; label: string }>;
