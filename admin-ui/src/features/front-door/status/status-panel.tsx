import { Button } from '../../../components/button';
import { Card } from '../../../components/card';
import type { Check } from './fetch-health';
import { headlineOf } from './headline';
import { PartList } from './part-list';
import { useHealth, type HealthView } from './use-health';
import './status-panel.css';

/** The live state of this relay. Only a change of the headline is announced to screen readers. */
export function StatusPanel() {
  const { view, busy, checkNow } = useHealth();
  const { tone, title, detail } = headlineOf(view);
  const check = lastCheck(view);
  return (
    <Card
      title="Status"
      action={
        <Button onClick={checkNow} disabled={busy}>
          Check now
        </Button>
      }
    >
      <div className={`headline tone-${tone}`} role="status">
        <span className="headline-mark" aria-hidden="true" />
        <div>
          <p className="headline-title">{title}</p>
          <p className="headline-detail">{detail}</p>
        </div>
      </div>
      {check && check.health.parts.length > 0 ? (
        <PartList parts={check.health.parts} stale={view.kind === 'silent'} />
      ) : null}
      <p className="checked">{check ? checkedText(check) : 'No answer yet'}</p>
    </Card>
  );
}

function lastCheck(view: HealthView): Check | null {
  switch (view.kind) {
    case 'checking':
      return null;
    case 'silent':
      return view.last;
    case 'answered':
      return view.check;
  }
}

const checkedText = ({ at, roundTripMs }: Check): string =>
  `Last answer at ${at.toLocaleTimeString()}, after ${Math.max(1, Math.round(roundTripMs))} ms`;
