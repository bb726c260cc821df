import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { Can } from '../../auth/can';
import { Card } from '../../components/card';
import { QueryView } from '../../components/query-view';
import { RelativeTime } from '../../components/relative-time';
import { useLiveInterval } from '../../state/live';
import { wordsOf } from './change-words';
import { changesQuery } from './overview.queries';

/** How often it is looked for changes while live, in ms. */
const LOOK_MS = 30_000;

export function RecentChanges() {
  return (
    <Can do="seeAudit">
      <Content />
    </Can>
  );
}

function Content() {
  const query = useQuery({ ...changesQuery, refetchInterval: useLiveInterval(LOOK_MS) });
  return (
    <Card title="Recent changes" hint="From the audit log">
      <QueryView query={query}>
        {(data) =>
          data.length === 0 ? (
            <p className="soft">Nothing was changed yet.</p>
          ) : (
            <ul className="change-list">
              {data.map((entry) => (
                <ChangeLine key={entry.seq} entry={entry} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}

function ChangeLine({ entry }: { readonly entry: Schemas['AuditEntry'] }) {
  const { seq, action, actor, at } = entry;
  const { deed, of } = wordsOf(entry);
  return (
    <li>
      <Link className="strong" to={`/audit?entry=${seq}`} title={action}>
        {deed}
      </Link>{' '}
      <span className="foreign">{of}</span>
      <br />
      <span className="soft foreign">
        {actor.email} · <RelativeTime at={at} />
      </span>
    </li>
  );
}
