import { StatusBadge } from '../../components/status-badge';
import { ClockTime } from '../../components/relative-time';
import { useNow } from '../../components/use-now';
import { type Override, overrideText } from './override';

/** That somebody overrides it, and for how long yet. */
export function OverrideBadge({ override }: { readonly override: Override }) {
  const now = useNow();
  const { mode, by, reason } = override;
  return (
    <span title={`${by}: ${reason}`}>
      <StatusBadge tone={mode === 'closed' ? 'accent' : 'calm'} label={overrideText(override, now)} />
    </span>
  );
}

/** The same with who said it, and why. */
export function OverrideNote({ target, override }: { readonly target: string | null; readonly override: Override }) {
  const { until, by, reason } = override;
  return (
    <p className="override-note">
      {target === null ? null : <span className="strong foreign">{target}</span>}
      <OverrideBadge override={override} />
      <span className="soft">
        until <ClockTime at={until} />, by <span className="foreign">{by}</span>:
      </span>
      <span className="foreign">{reason}</span>
    </p>
  );
}
