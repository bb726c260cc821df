import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { firingQuery } from '../../../api/queries/watch.queries';
import { Card } from '../../../components/card';
import { QueryView } from '../../../components/query-view';
import { RelativeTime } from '../../../components/relative-time';
import { StatusBadge } from '../../../components/status-badge';
import { useLiveInterval } from '../../../state/live';
import { SEVERITY_TONES } from '../alert-values';
import type { Alert } from '../alerts.queries';
import { AcknowledgeButton } from './acknowledge-button';

const PAUSE_MS = 15_000;

export function FiringCard({ onOpen }: { readonly onOpen: (alert: Alert) => void }) {
  const query = useQuery({ ...firingQuery, refetchInterval: useLiveInterval(PAUSE_MS) });
  return (
    <Card title="Firing now">
      <QueryView query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <StatusBadge tone="good" label="Nothing fires" />
          ) : (
            <ul className="firing-list">
              {data.map((alert) => (
                <Firing key={alert.id} alert={alert} onOpen={onOpen} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}

function Firing({ alert, onOpen }: { readonly alert: Alert; readonly onOpen: (alert: Alert) => void }) {
  const { severity, rule, message, since, acknowledgedBy } = alert;
  return (
    <li>
      <StatusBadge tone={SEVERITY_TONES[severity]} label={severity} />
      <div>
        <span className="strong foreign">{message}</span>
        <p className="soft">
          <span className="foreign">{rule}</span>, since <RelativeTime at={since} />
          {acknowledgedBy === null ? null : (
            <>
              , acknowledged by <span className="foreign">{acknowledgedBy}</span>
            </>
          )}
        </p>
      </div>
      <span className="chips">
        <Button variant="subtle" size="compact-xs" onClick={() => onOpen(alert)}>
          Details
        </Button>
        <AcknowledgeButton alert={alert} />
      </span>
    </li>
  );
}
