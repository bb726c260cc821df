import type { Measured } from './measure-stream';

/** Most hits in the second half that a static threshold without guards has at no more errors per hit; 0 if there is none. */
export function frontierAt(rows: readonly Measured[], maxErrorPerHit: number): number {
  const rivals = rows.filter(
    ({ threshold, guards, later }) =>
      threshold !== null && !guards && later.hits > 0 && later.errorPerHit <= maxErrorPerHit,
  );
  return Math.max(0, ...rivals.map(({ later }) => later.hitRate));
}
