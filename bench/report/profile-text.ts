import type { ProfileEntry, ProfileReport } from '../profile/summarise';
import { markdownTable } from './table';

/** Where the time of one thread went, in µs a request. */
export function profileText(report: ProfileReport): string {
  const perRequest = (us: number): string => (us / Math.max(1, report.requests)).toFixed(1);
  const table = (title: string, entries: readonly ProfileEntry[]): string =>
    markdownTable([
      [title, 'µs/request', 'share'],
      ...entries.map(({ name, us, share }) => [name, perRequest(us), `${(share * 100).toFixed(1)}%`]),
    ]);
  return [
    `## Profile of ${report.label}: ${perRequest(report.busyUs)} µs busy a request`,
    table('by caller (runtime billed to the nearest package above it)', report.billed),
    table('by the code that ran', report.self),
    table('function', report.functions),
  ].join('\n\n');
}
