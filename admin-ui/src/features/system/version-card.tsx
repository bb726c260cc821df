import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import { RelativeTime } from '../../components/relative-time';
import { formatDuration } from '../../format/duration';
import type { System } from './system';

export function VersionCard({ system }: { readonly system: System }) {
  const { version, nodeVersion, form, roles, uptimeMs, startedAt } = system;
  return (
    <Card title="This process">
      <Facts
        facts={[
          { name: 'Version', value: version },
          { name: 'Node.js', value: nodeVersion },
          { name: 'Form', value: form },
          { name: 'Roles', value: roles.join(', ') },
          { name: 'Started', value: <RelativeTime at={startedAt} /> },
          { name: 'Up for', value: formatDuration(uptimeMs) },
        ]}
      />
    </Card>
  );
}
