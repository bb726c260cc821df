import { Card } from '../../components/card';
import { RelativeTime } from '../../components/relative-time';
import { formatBytes, formatCount } from '../../format/number';
import type { System } from './system';

/** All processes of the relay that were heard of lately. */
export function ProcessesCard({ processes }: { readonly processes: System['processes'] }) {
  return (
    <Card title="Processes" hint="As they tell the database">
      {processes.length === 0 ? <p className="soft">None has told of itself yet.</p> : null}
      {processes.length > 0 ? (
        <div className="table-scroll" tabIndex={0} role="region" aria-label="Processes of the relay">
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">Process</th>
                <th scope="col">Roles</th>
                <th scope="col">Version</th>
                <th scope="col">Started</th>
                <th scope="col">Seen</th>
                <th scope="col">Open breakers</th>
                <th scope="col" className="end">
                  Traces waiting
                </th>
              </tr>
            </thead>
            <tbody>
              {processes.map(({ id, roles, version, startedAt, seenAt, spool, openBreakers }) => (
                <tr key={id}>
                  <td className="mono foreign">{id}</td>
                  <td>{roles.join(', ')}</td>
                  <td>{version}</td>
                  <td>
                    <RelativeTime at={startedAt} />
                  </td>
                  <td>
                    <RelativeTime at={seenAt} />
                  </td>
                  <td className={openBreakers.length > 0 ? 'tone-bad foreign' : 'soft'}>
                    {openBreakers.join(', ') || 'none'}
                  </td>
                  <td className="end">
                    {formatCount(spool.queued)} ({formatBytes(spool.bytes)})
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </Card>
  );
}
