import { markdownTable } from '../report/table';
import type { Goal, OfflineResult, Section } from './offline-scenario';

export interface OfflineReport extends OfflineResult {
  readonly scenario: string;
  readonly summaryLine: string;
  readonly at: string; // ISO 8601
  readonly seed: number;
  readonly seconds: number; // that the run took
  readonly facts: Readonly<Record<string, string>>;
}

export const isMet = ({ better, value, wanted }: Goal): boolean =>
  better === 'higher' ? value >= wanted : value <= wanted;

/** The report as a person reads it, on the terminal and in bench/results. */
export function offlineMarkdown(report: OfflineReport): string {
  return [
    `# ${report.scenario}: ${report.summaryLine}`,
    `${report.at}; seed ${report.seed}; ${report.seconds.toFixed(0)} s.`,
    ...report.sections.map(sectionText),
    ...(report.goals.length > 0 ? [`## Goals\n\n${report.goals.map(goalText).join('\n')}`] : []),
    `## Machine\n\n${Object.entries(report.facts)
      .map(([name, value]) => `- ${name}: ${value}`)
      .join('\n')}`,
  ].join('\n\n');
}

export const sectionText = ({ title, notes, table }: Section): string =>
  [`## ${title}`, ...notes, markdownTable(table)].join('\n\n');

export function goalText(goal: Goal): string {
  const wanted = `wanted ${goal.better === 'higher' ? 'at least' : 'at most'} ${goal.wanted}`;
  if (Number.isNaN(goal.value)) return `- ${goal.name}: nothing to measure, ${wanted}: not met`;
  return `- ${goal.name}: ${goal.value.toFixed(3)}, ${wanted}: ${isMet(goal) ? 'met' : 'not met'}`;
}
