import type { Schemas } from '../api/client';
import { StatusBadge, type Tone } from './status-badge';

type Target = Schemas['Target'];
type Breaker = Target['breaker'];

const TONES = { closed: 'good', 'half-open': 'warn', open: 'bad' } as const satisfies Record<Breaker, Tone>;

/** Closed lets calls through, open does not, half-open tries; what an operator wants is no fault. */
export function BreakerBadge({ state, reason }: { readonly state: Breaker; readonly reason: Target['reason'] }) {
  if (reason === 'drained') return <StatusBadge tone="calm" label="drained" />;
  if (reason === 'forced') return <StatusBadge tone="calm" label="held open" />;
  return <StatusBadge tone={TONES[state]} label={state} />;
}
