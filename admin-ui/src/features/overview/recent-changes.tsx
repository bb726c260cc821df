import { useQuery } from '@tanstack/react-query';
import { Can } from '../../auth/can';
import { Card } from '../../components/card';
import { QueryView } from '../../components/query-view';
import { RelativeTime } from '../../components/relative-time';
import { useLiveInterval } from '../../state/live';
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
              {data.map(({ seq, action, target, actor, at }) => (
                <li key={seq}>
                  <span className="strong">{action}</span> <span className="foreign">{target}</span>
                  <br />
                  <span className="soft foreign">
                    {actor.email} · <RelativeTime at={at} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}
