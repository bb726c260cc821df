import { goalText, sectionText } from '../offline/report';
import type { ExperimentResult } from '../scenarios/experiment';

export interface ExperimentReport extends ExperimentResult {
  readonly scenario: string;
  readonly summaryLine: string;
  readonly at: string; // ISO 8601
}

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

/** The report as a person reads it, on the terminal and in bench/results. */
export function experimentMarkdown(report: ExperimentReport): string {
  const { goals, warnings, facts } = report;
  return [
    `# ${report.scenario}: ${report.summaryLine}`,
    `${report.at}; ${report.method}`,
    ...report.sections.map(sectionText),
    ...(goals.length > 0 ? [`## Goals\n\n${goals.map(goalText).join('\n')}`] : []),
    ...(warnings.length > 0 ? [`## Warnings\n\n${list(warnings)}`] : []),
    `## Machine\n\n${list(Object.entries(facts).map(([name, value]) => `${name}: ${value}`))}`,
  ].join('\n\n');
}
