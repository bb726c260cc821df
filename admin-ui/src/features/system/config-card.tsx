import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';
import { useAllowed } from '../../auth/can';
import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import { RelativeTime } from '../../components/relative-time';
import { StatusBadge } from '../../components/status-badge';
import { formatCount } from '../../format/number';
import type { System } from './system';

/** The configuration in force, and the button that reads relay.yaml again. */
export function ConfigCard({ system }: { readonly system: System }) {
  const { file, providers, models, tenants, loadedAt, lastReload } = system.config;
  const queries = useQueryClient();
  const reload = useMutation({
    mutationFn: () => dataOf(api.POST('/api/config/reload')),
    onSuccess: () => queries.invalidateQueries(), // what was shown may be of the configuration before
  });
  const outcome = reload.data ?? lastReload;
  return (
    <Card
      title="Configuration"
      action={
        <Button
          variant="default"
          size="xs"
          loading={reload.isPending}
          {...useAllowed('reloadConfiguration')}
          onClick={() => reload.mutate()}
        >
          Reload relay.yaml
        </Button>
      }
    >
      <Facts
        facts={[
          { name: 'File', value: file === null ? 'none: built in' : <code className="foreign">{file}</code> },
          { name: 'In force since', value: <RelativeTime at={loadedAt} /> },
          { name: 'Providers', value: formatCount(providers) },
          { name: 'Models', value: formatCount(models) },
          { name: 'Tenants', value: formatCount(tenants) },
        ]}
      />
      {reload.error ? (
        <p className="reload-result tone-bad foreign" role="alert">
          {reload.error.message}
        </p>
      ) : null}
      {outcome ? (
        <Outcome applied={outcome.applied} problems={outcome.problems} fresh={reload.data !== undefined} />
      ) : null}
    </Card>
  );
}

interface OutcomeProps {
  readonly applied: boolean;
  readonly problems: readonly string[];
  readonly fresh: boolean; // asked for here, just now
}

function Outcome({ applied, problems, fresh }: OutcomeProps) {
  return (
    <div className="reload-result" role={fresh ? 'status' : undefined}>
      <StatusBadge
        tone={applied ? 'good' : 'bad'}
        label={
          applied
            ? `${fresh ? 'Reloaded' : 'The last reload worked'}: what relay.yaml says is in force`
            : 'Refused: the configuration of before stays in force'
        }
      />
      <ul>
        {problems.map((problem) => (
          <li key={problem} className="mono foreign">
            {problem}
          </li>
        ))}
      </ul>
    </div>
  );
}
