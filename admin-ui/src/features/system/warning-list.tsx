import { Link } from 'react-router';
import { Card } from '../../components/card';
import { StatusBadge } from '../../components/status-badge';
import type { System } from './system';

type Warning = System['warnings'][number];

const TONES = { info: 'accent', warning: 'warn', critical: 'bad' } as const;

/** Where what a warning is about is seen. */
const PLACES: Partial<Record<Warning['code'], string>> = { 'breaker-open': '/providers', 'alerts-firing': '/alerts' };

export function WarningList({ warnings }: { readonly warnings: readonly Warning[] }) {
  return (
    <Card title="Warnings">
      {warnings.length === 0 ? <StatusBadge tone="good" label="Nothing is wrong" /> : null}
      <ul className="warning-list">
        {warnings.map(({ code, severity, message }) => (
          <li key={code}>
            <StatusBadge tone={TONES[severity]} label={severity} />
            <span className="foreign">{message}</span>
            {PLACES[code] ? <Link to={PLACES[code]}>Look</Link> : <span />}
          </li>
        ))}
      </ul>
    </Card>
  );
}
