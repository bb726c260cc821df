import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAllowed } from '../../auth/can';
import { Page } from '../../components/page';
import { TabBar, useTabs } from '../../components/tab-bar';
import { EntriesTab } from './entries-tab';
import { InvalidateDialog } from './invalidate-dialog';
import { InvalidationsTab } from './invalidations-tab';
import { SimilarityTab } from './similarity/similarity-tab';
import { StatsTab } from './stats-tab';
import { WarmTab } from './warm/warm-tab';
import './cache.css';

const TABS = [
  { id: 'stats', label: 'Figures' },
  { id: 'similarity', label: 'Similarity' },
  { id: 'entries', label: 'Entries' },
  { id: 'warm', label: 'Warming' },
  { id: 'invalidations', label: 'Invalidations' },
] as const;

export default function CachePage() {
  const [tab, setTab] = useTabs('tab', TABS);
  const [invalidating, setInvalidating] = useState(false);
  return (
    <Page
      title="Cache"
      hint="Answers that were given before: the same request, or the same question in other words"
      actions={
        <Button variant="default" size="xs" {...useAllowed('changeCache')} onClick={() => setInvalidating(true)}>
          Invalidate…
        </Button>
      }
    >
      <TabBar label="Parts of the cache" tabs={TABS} selected={tab} onSelect={setTab} />
      <div className="cache-body" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {tab === 'stats' ? <StatsTab /> : null}
        {tab === 'similarity' ? <SimilarityTab /> : null}
        {tab === 'entries' ? <EntriesTab /> : null}
        {tab === 'warm' ? <WarmTab /> : null}
        {tab === 'invalidations' ? <InvalidationsTab /> : null}
      </div>
      {invalidating ? (
        <InvalidateDialog onClose={() => setInvalidating(false)} onStarted={() => setTab('invalidations')} />
      ) : null}
    </Page>
  );
}
