import { Button, Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { useAllowed } from '../../auth/can';
import { Facts } from '../../components/facts';
import { IconCopyButton } from '../../components/icon-copy-button';
import { TextView } from '../../components/json-view';
import { Money } from '../../components/money';
import { QueryView } from '../../components/query-view';
import { RelativeTime } from '../../components/relative-time';
import { StatusBadge } from '../../components/status-badge';
import { formatBytes, formatCount, formatDecimal } from '../../format/number';
import { useUrlParam } from '../../state/url-state';
import { BadHitDialog } from './bad-hit-dialog';
import { entryQuery, type CacheEntry } from './cache.queries';
import { EntryHits } from './entry-hits';
import { EntryNeighbours } from './entry-neighbours';
import { RemoveEntryDialog } from './remove-entry-dialog';

/** One stored answer: what it says, where it came from, and the ways to get rid of it. */
export function EntryDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const entry = useQuery(entryQuery(id));
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(68rem, 100%)"
      title="Cache entry"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <QueryView query={entry}>{(data) => <Content entry={data} onGone={onClose} />}</QueryView>
    </Drawer>
  );
}

function Content({ entry, onGone }: { readonly entry: CacheEntry; readonly onGone: () => void }) {
  const mayRead = useAllowed('readPrompts');
  const { id, kind, owner, model, servedModel, provider, status, tags, prompt, answer } = entry;
  return (
    <div className="entry-columns">
      <div className="entry-body">
        <p className="entry-id">
          <StatusBadge tone={status === 'active' ? 'good' : 'warn'} label={status} />
          <code className="foreign one-line">{id}</code>
          <IconCopyButton text={id} what="id of the entry" />
        </p>
        <Facts
          facts={[
            { name: 'Found', value: kind === 'exact' ? 'as the same request' : 'by meaning' },
            { name: 'Hits', value: formatCount(entry.hits) },
            { name: 'Cost', value: <Money usd={entry.costUsd} /> },
            { name: 'Size', value: formatBytes(entry.bytes) },
            { name: 'Created', value: <RelativeTime at={entry.createdAt} /> },
            { name: 'Expires', value: <RelativeTime at={entry.expiresAt} /> },
            { name: 'Least similarity', value: formatDecimal(entry.minSimilarity) },
          ]}
        />
        <Provenance entry={entry} asked={model} served={`${servedModel} at ${provider}`} owner={owner} />
        {tags.length > 0 ? <p className="soft foreign">Tags: {tags.join(', ')}</p> : null}
        {prompt === null ? null : <TextView label="Prompt" text={prompt} />}
        {answer === null ? null : <TextView label="Answer" text={answer} />}
        {kind === 'exact' ? (
          <p className="soft">The texts of exact entries are not shown; the trace has them if it keeps payloads.</p>
        ) : null}
        {kind === 'semantic' && mayRead.disabled ? (
          <p className="soft">Prompts and answers are not shown to viewers.</p>
        ) : null}
        <EntryActions id={id} onGone={onGone} />
      </div>
      <div className="entry-body">
        <EntryHits id={id} onGone={onGone} />
        {kind === 'semantic' ? <EntryNeighbours id={id} /> : null}
      </div>
    </div>
  );
}

interface ProvenanceProps {
  readonly entry: CacheEntry;
  readonly asked: string | null;
  readonly served: string;
  readonly owner: string;
}

/** Whose it is, which request made it, and whose answer it shares. */
function Provenance({ entry: { sourceTrace, aliasOf }, asked, served, owner }: ProvenanceProps) {
  const [, open] = useUrlParam('entry');
  return (
    <table className="plain-table">
      <tbody>
        <tr>
          <td className="soft">Owner</td>
          <td className="foreign">
            {owner.startsWith('g:') ? `${owner.slice(2)}, shared by a group` : owner.replace(/^t:/, '')}
          </td>
        </tr>
        <tr>
          <td className="soft">Made by</td>
          <td>
            <Link to={`/traces/${sourceTrace}`}>trace {sourceTrace}</Link>
          </td>
        </tr>
        <tr>
          <td className="soft">Asked → served</td>
          <td className="foreign">
            {asked ?? '–'} <span className="soft">→</span> {served}
          </td>
        </tr>
        {aliasOf === null ? null : (
          <tr>
            <td className="soft">Shares the answer of</td>
            <td>
              <button type="button" className="link-button mono" onClick={() => open(aliasOf, 'push')}>
                {aliasOf}
              </button>
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function EntryActions({ id, onGone }: { readonly id: string; readonly onGone: () => void }) {
  const [doing, setDoing] = useState<'bad-hit' | 'remove' | null>(null);
  const allowed = useAllowed('changeCache');
  const close = (): void => setDoing(null);
  return (
    <div className="cache-tools">
      <Button variant="default" size="xs" {...allowed} onClick={() => setDoing('bad-hit')}>
        Its answer is wrong…
      </Button>
      <Button variant="default" size="xs" {...allowed} onClick={() => setDoing('remove')}>
        Remove…
      </Button>
      {doing === 'bad-hit' ? <BadHitDialog id={id} onGone={onGone} onClose={close} /> : null}
      {doing === 'remove' ? <RemoveEntryDialog id={id} onGone={onGone} onClose={close} /> : null}
    </div>
  );
}
