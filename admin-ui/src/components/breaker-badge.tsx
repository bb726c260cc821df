import type { Schemas } from '../api/client';
import { StatusBadge, type Tone } from './status-badge';

type Breaker = Schemas['Target']['breaker'];

const TONES = { closed: 'good', 'half-open': 'warn', open: 'bad' } as const satisfies Record<Breaker, Tone>;

/** Closed lets calls through, open does not, half-open tries. */
export function BreakerBadge({ state }: { readonly state: Breaker }) {
  return <StatusBadge tone={TONES[state]} label={state} />;
}
