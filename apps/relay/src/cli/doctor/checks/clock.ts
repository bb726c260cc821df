import { ok, warning, type Finding } from '../finding';

/** Leases, windows and budgets of several processes go by the clock of a store; logs and traces by that of the process. In ms. */
const MAX_SKEW_MS = 1_000;

/** `askedAt` and `heardAt`: this clock around the question, between which the other told its time. */
export function skewFinding(check: string, otherMs: number, askedAt: number, heardAt: number): Finding {
  const skewMs = Math.round(otherMs - (askedAt + heardAt) / 2);
  const found = `${skewMs} ms from the clock here`;
  return Math.abs(skewMs) > MAX_SKEW_MS + (heardAt - askedAt) / 2
    ? warning(check, found, 'synchronise both clocks (NTP): limits, leases and traces go by them')
    : ok(check, found);
}
