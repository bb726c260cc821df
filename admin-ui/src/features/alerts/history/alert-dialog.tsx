import { Group } from '@mantine/core';
import { Dialog } from '../../../components/dialog';
import { Facts } from '../../../components/facts';
import { ClockTime } from '../../../components/relative-time';
import { StatusBadge } from '../../../components/status-badge';
import { formatCount } from '../../../format/number';
import { formatValue, scopeText, SEVERITY_TONES, STATE_TONES } from '../alert-values';
import type { Alert } from '../alerts.queries';
import { AcknowledgeButton } from './acknowledge-button';

const NOTICE_TONES = { sent: 'good', waiting: 'warn', 'given-up': 'bad' } as const;

/** One alert: what was measured, and who was told when. */
export function AlertDialog({ alert, onClose }: { readonly alert: Alert; readonly onClose: () => void }) {
  const { rule, message, severity, state, value, peak, threshold, unit, subject, scope, returns } = alert;
  return (
    <Dialog onClose={onClose} size="lg" title={<span className="foreign">{rule}</span>}>
      <div className="alert-dialog">
        <p className="strong foreign">{message}</p>
        <Facts
          facts={[
            { name: 'State', value: <StatusBadge tone={STATE_TONES[state]} label={state} /> },
            { name: 'Severity', value: <StatusBadge tone={SEVERITY_TONES[severity]} label={severity} /> },
            { name: 'Last', value: formatValue(value, unit) },
            { name: 'Worst', value: formatValue(peak, unit) },
            { name: 'Threshold', value: formatValue(threshold, unit) },
            { name: 'Subject', value: <span className="foreign">{subject ?? '–'}</span> },
            { name: 'Of', value: <span className="foreign">{scopeText(scope) || 'all requests'}</span> },
            { name: 'Since', value: <ClockTime at={alert.since} /> },
            { name: 'Fired', value: <Moment at={alert.firedAt} /> },
            { name: 'Resolved', value: <Moment at={alert.resolvedAt} /> },
            { name: 'Came back', value: `${formatCount(returns)} times` },
            { name: 'Acknowledged', value: <span className="foreign">{alert.acknowledgedBy ?? 'no'}</span> },
          ]}
        />
        <Notices notices={alert.notices} />
        <Group justify="flex-end">
          <AcknowledgeButton alert={alert} />
        </Group>
      </div>
    </Dialog>
  );
}

const Moment = ({ at }: { readonly at: string | null }) => (at === null ? '–' : <ClockTime at={at} />);

function Notices({ notices }: { readonly notices: Alert['notices'] }) {
  if (notices.length === 0) return <p className="soft">Nobody was told: the rule has no channels.</p>;
  return (
    <table className="plain-table" aria-label="Who was told">
      <thead>
        <tr>
          <th scope="col">Channel</th>
          <th scope="col">Of</th>
          <th scope="col">State</th>
          <th scope="col" className="end">
            Tries
          </th>
        </tr>
      </thead>
      <tbody>
        {notices.map(({ id, channel, event, state, attempts, error }) => (
          <tr key={id}>
            <td className="foreign">{channel}</td>
            <td>{event}</td>
            <td>
              <StatusBadge tone={NOTICE_TONES[state]} label={state} />
              {error === null ? null : <span className="soft foreign"> {error}</span>}
            </td>
            <td className="end">{formatCount(attempts)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
