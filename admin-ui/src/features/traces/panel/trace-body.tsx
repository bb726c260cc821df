import { Link } from 'react-router';
import { Facts } from '../../../components/facts';
import { JsonView } from '../../../components/json-view';
import { Money } from '../../../components/money';
import { ClockTime } from '../../../components/relative-time';
import { TabBar, useTabs } from '../../../components/tab-bar';
import { formatDuration } from '../../../format/duration';
import { formatCompact } from '../../../format/number';
import type { TraceDetail } from '../../../api/queries/trace.queries';
import { useScopedPath } from '../../../state/scoped-path';
import { CacheStory } from './cache-story';
import { DecisionStory } from './decision-story';
import { ExplainStory } from './explain-story';
import { Feedback } from './feedback';
import { Messages } from './messages';
import { Waterfall } from '../../../components/waterfall/waterfall';

const TABS = [
  { id: 'waterfall', label: 'Waterfall' },
  { id: 'decision', label: 'Decision' },
  { id: 'messages', label: 'Messages' },
  { id: 'cache', label: 'Cache' },
  { id: 'raw', label: 'Raw' },
  { id: 'explain', label: 'Explain' },
] as const;

export function TraceBody({ trace }: { readonly trace: TraceDetail }) {
  const [tab, setTab] = useTabs('view', TABS);
  const scoped = useScopedPath();
  return (
    <>
      <div className="panel-numbers">
        <Facts
          facts={[
            { name: 'Duration', value: formatDuration(trace.totalMs) },
            { name: 'TTFT', value: formatDuration(trace.ttftMs) },
            { name: 'Tokens', value: `${formatCompact(trace.inputTokens)} → ${formatCompact(trace.outputTokens)}` },
            { name: 'Cost', value: <Money usd={trace.costUsd} /> },
            { name: 'Saved', value: <Money usd={trace.savedUsd} /> },
            { name: 'Attempts', value: trace.attempts },
            { name: 'Started', value: <ClockTime at={trace.at} /> },
          ]}
        />
        <div className="panel-chips">
          {chipsOf(trace).map(({ name, value, filter, shown = value }) => (
            <Link key={name} className="panel-chip" to={scoped(`/traces?${new URLSearchParams({ [filter]: value })}`)}>
              {name} <b className="foreign one-line">{shown}</b>
            </Link>
          ))}
        </div>
        {trace.error ? (
          <p className="panel-error foreign" dir="auto">
            <b>{trace.errorCode}</b> {trace.error}
          </p>
        ) : null}
      </div>
      <TabBar label="Parts of the trace" tabs={TABS} selected={tab} onSelect={setTab} />
      <div className="panel-body" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {tab === 'waterfall' ? <Waterfall trace={trace} /> : null}
        {tab === 'decision' ? <DecisionStory trace={trace} /> : null}
        {tab === 'messages' ? (
          <>
            <Messages trace={trace} />
            <Feedback trace={trace} />
          </>
        ) : null}
        {tab === 'cache' ? <CacheStory trace={trace} /> : null}
        {tab === 'explain' ? <ExplainStory trace={trace} /> : null}
        {tab === 'raw' ? <JsonView value={trace} label="Trace as the API has it" /> : null}
      </div>
    </>
  );
}

/** What it has in common with others: each leads to those. */
function chipsOf(
  trace: TraceDetail,
): readonly { readonly name: string; readonly value: string; readonly filter: string; readonly shown?: string }[] {
  const chips = [
    ['tenant', trace.tenant, 'tenant'],
    ['asked', trace.model, 'model'],
    ['served', trace.servedModel, 'servedModel'],
    ['provider', trace.provider, 'provider'],
    ['queue', trace.queue, 'queue'],
    ['cache', trace.cache, 'cache'],
    ['policy', trace.policy, 'policy'],
    ['key', trace.keyId, 'keyId'],
    ['endpoint', trace.endpoint, 'endpoint'],
  ] as const;
  return chips.flatMap(([name, value, filter]) => {
    if (value === null) return [];
    const didNotWait = filter === 'queue' && value === 'none'; // its plan names the queue that it would have stood in
    return [{ name, value, filter, ...(didNotWait ? { shown: 'did not wait' } : {}) }];
  });
}
