import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Sparkline } from '../../components/sparkline';
import { formatCount, formatShare } from '../../format/number';
import { useScopedPath } from '../../state/scoped-path';
import './kpi.css';

/** From here on a multiple says more than a share. */
const MUCH = 10;

interface KpiProps {
  readonly name: string;
  readonly value: string;
  readonly unit?: string;
  readonly growth?: number | null; // against the window before
  readonly growthIs?: 'good' | 'bad' | 'neither';
  readonly note: ReactNode;
  readonly spark?: readonly (number | null)[];
  readonly color?: string;
  readonly to: string;
}

/** One figure, where it comes from and where it leads to. */
export function Kpi({ name, value, unit, growth = null, growthIs = 'neither', note, spark, color, to }: KpiProps) {
  const scoped = useScopedPath();
  return (
    <Link className="kpi" to={scoped(to)}>
      <span className="kpi-name">{name}</span>
      <span className="kpi-value">
        {value} <small>{unit}</small>
      </span>
      <span className="kpi-spark">{spark ? <Sparkline values={spark} {...(color ? { color } : {})} /> : null}</span>
      <span className="kpi-note">
        <Growth growth={growth} is={growthIs} /> {note}
      </span>
    </Link>
  );
}

function Growth({ growth, is }: { readonly growth: number | null; readonly is: 'good' | 'bad' | 'neither' }) {
  if (growth === null || Math.abs(growth) < 0.001) return null;
  const up = growth > 0;
  const tone = is === 'neither' ? 'soft' : up === (is === 'good') ? 'tone-good' : 'tone-bad';
  return (
    <b className={tone} title="against the window before">
      {up ? '↗' : '↘'} {growth >= MUCH ? `× ${formatCount(growth + 1)}` : formatShare(Math.abs(growth))}
    </b>
  );
}
