import type { Budget } from './budget';
import { unitsOf } from './usd-units';

/** Thresholds have four digits behind the point. */
const PARTS = 10_000;

/** Thresholds that the spend has reached, each once: shares of the limit. */
export function crossed({ alerts, limitUsd }: Pick<Budget, 'alerts' | 'limitUsd'>, spentUsd: string): number[] {
  const [limit, spent] = [unitsOf(limitUsd), unitsOf(spentUsd) * BigInt(PARTS)];
  const parts = new Set(alerts.map((threshold) => Math.max(1, Math.round(threshold * PARTS))));
  return [...parts].filter((part) => spent >= BigInt(part) * limit).map((part) => part / PARTS);
}
