import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import { RelativeTime } from '../../components/relative-time';
import { StatusBadge } from '../../components/status-badge';
import { formatCount } from '../../format/number';
import type { System } from './system';

/** Encryption at rest, and where secrets come from. */
export function SecurityCard({ system }: { readonly system: System }) {
  const { encryption, vault } = system;
  return (
    <Card title="Secrets and encryption">
      <Facts
        facts={[
          {
            name: 'Messages and secrets at rest',
            value: encryption ? (
              <StatusBadge tone="good" label="sealed" />
            ) : (
              <StatusBadge tone="warn" label="in the clear" />
            ),
          },
          {
            name: 'Vault',
            value: vault === null ? 'not used' : `${formatCount(vault.references)} references`,
          },
          ...(vault === null
            ? []
            : [{ name: 'Read', value: vault.readAt === null ? 'never' : <RelativeTime at={vault.readAt} /> }]),
        ]}
      />
      {vault?.problem ? (
        <p className="tone-bad foreign" role="alert">
          {vault.problem}
        </p>
      ) : null}
      {encryption ? null : (
        <p className="security-note soft">
          RELAY_ENCRYPTION_KEY seals what is kept of requests, and the addresses of alert channels.
        </p>
      )}
    </Card>
  );
}
