import type { ProfileReport } from '../profile/summarise';
import { profileText } from './profile-text';
import type { Ratio, Row, Summary } from './summary';
import { rowsTable } from './table';

export interface Report {
  readonly scenario: string;
  readonly summaryLine: string;
  readonly at: string; // ISO 8601
  readonly rounds: number;
  readonly seconds: number;
  readonly profiled: boolean;
  readonly facts: Readonly<Record<string, string>>;
  readonly summary: Summary;
  readonly profiles: readonly ProfileReport[];
}

/** The report as a person reads it, on the terminal and in bench/results. */
export function markdown(report: Report): string {
  const { summary } = report;
  const phases = [...new Set(summary.rows.map((row) => row.phase))];
  return [
    `# ${report.scenario}: ${report.summaryLine}`,
    `${report.at}; ${report.rounds} rounds of ${report.seconds} s each, in turn; figures are medians over the rounds, RSS the maximum.`,
    ...(report.profiled
      ? ['Profiled: the profiler itself costs CPU, take the absolute figures from a run without it.']
      : []),
    ...phases.map((phase) => phaseText(phase, summary)),
    ...(summary.warnings.length > 0
      ? [`## Warnings\n\n${summary.warnings.map((line) => `- ${line}`).join('\n')}`]
      : []),
    ...report.profiles.map(profileText),
    `## Machine\n\n${Object.entries(report.facts)
      .map(([name, value]) => `- ${name}: ${value}`)
      .join('\n')}`,
  ].join('\n\n');
}

function phaseText(phase: string, summary: Summary): string {
  const ours = <T extends { readonly phase: string }>(items: readonly T[]): T[] =>
    items.filter((item) => item.phase === phase);
  const ceiling = ours(summary.ceilings)[0];
  const rows = ours(summary.rows);
  return [
    `## ${phase}`,
    rowsTable(ceiling && !rows.some((row) => row.label === ceiling.label) ? [...rows, ceiling] : rows),
    ...ours(summary.ratios).map((ratio) => ratioText(ratio, rows)),
  ].join('\n\n');
}

function ratioText({ label, baseline, cpu, goal }: Ratio, rows: readonly Row[]): string {
  const ratio = `**CPU per request, ${label} / ${baseline}: ${cpu.median.toFixed(2)}** (rounds ${cpu.min.toFixed(2)} to ${cpu.max.toFixed(2)})`;
  const verdict = goal === null ? '' : `; goal ${goal}: ${cpu.median <= goal ? 'met' : 'not met'}`;
  const firstByte = (name: string): number => rows.find((row) => row.label === name)?.firstByteP50Ms ?? Number.NaN;
  const added = firstByte(label) - firstByte(baseline);
  return `${ratio}${verdict}. Time to first byte against ${baseline}: ${added >= 0 ? '+' : ''}${added.toFixed(2)} ms (P50).`;
}
