import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import { StatusBadge, type Tone } from '../../components/status-badge';
import { formatBytes, formatCount } from '../../format/number';
import type { System } from './system';

const TONES: Readonly<Record<string, Tone>> = { up: 'good', down: 'bad', none: 'calm' };

/** Where data lies, and how long it is kept. */
export function StoresCard({ system }: { readonly system: System }) {
  const { database, redis, spool, queues, retention } = system;
  const { applied, known } = database.migrations;
  return (
    <Card title="Stores">
      <Facts
        facts={[
          {
            name: database.kind === 'pglite' ? 'Embedded PostgreSQL' : 'PostgreSQL',
            value: (
              <StatusBadge tone={TONES[database.state] ?? 'calm'} label={database.state} note={database.version} />
            ),
          },
          { name: 'Size', value: database.bytes === null ? '–' : formatBytes(database.bytes) },
          { name: 'Migrations', value: applied === known ? formatCount(applied) : `${applied} of ${known}` },
          {
            name: 'Redis',
            value: (
              <StatusBadge tone={TONES[redis.state] ?? 'calm'} label={redis.configured ? redis.state : 'not used'} />
            ),
          },
          { name: 'Job queue', value: queues.backend },
          {
            name: 'Jobs',
            value: queues.maintenance
              ? `${queues.maintenance.waiting} waiting, ${queues.maintenance.failed} failed`
              : 'unknown',
          },
          {
            name: 'Traces not stored yet',
            value: `${formatCount(spool.queued)}, ${formatBytes(spool.bytes)}`,
          },
          {
            name: 'Traces lost',
            value: (
              <span className={spool.dropped + spool.rejected > 0 ? 'tone-bad' : ''}>
                {formatCount(spool.dropped + spool.rejected)}
              </span>
            ),
          },
          { name: 'Traces kept', value: `${retention.tracesDays} d` },
          { name: 'Responses kept', value: `${retention.responsesDays} d` },
          { name: 'Alerts kept', value: `${retention.alertsDays} d` },
        ]}
      />
      {spool.lastError === null ? null : <p className="tone-bad foreign">{spool.lastError}</p>}
    </Card>
  );
}
