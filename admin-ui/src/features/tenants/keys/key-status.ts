import type { Tone } from '../../../components/status-badge';
import type { ApiKey } from '../tenants.queries';

export interface KeyStatus {
  readonly tone: Tone;
  readonly label: 'active' | 'revoked' | 'expired' | 'rotated';
}

/** Whether a key works at that moment, and why not. A rotated one works until its overlap ends. */
export function statusOfKey(key: Pick<ApiKey, 'revokedAt' | 'expiresAt' | 'rotatedTo'>, now: number): KeyStatus {
  if (key.revokedAt !== null) return { tone: 'bad', label: 'revoked' };
  if (key.expiresAt !== null && Date.parse(key.expiresAt) <= now) return { tone: 'calm', label: 'expired' };
  if (key.rotatedTo !== null) return { tone: 'warn', label: 'rotated' };
  return { tone: 'good', label: 'active' };
}

/** Why a key of this state, or from relay.yaml, cannot be changed; null where it can. */
export function whyFixed(key: Pick<ApiKey, 'source'>, { label }: KeyStatus): string | null {
  if (key.source === 'config') return 'It is written in relay.yaml; change it there.';
  if (label === 'revoked') return 'It is revoked, and never works again.';
  return null;
}
