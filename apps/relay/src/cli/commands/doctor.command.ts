import type { Command } from 'commander';
import { EXIT_PROBLEM } from '../cli-error';
import { checkRunning } from '../doctor/checks/running.check';
import { examine } from '../doctor/examine';
import type { Finding } from '../doctor/finding';
import { table } from '../table';
import { print, printJson } from '../terminal';

interface Options {
  readonly url?: string;
  readonly json?: boolean;
}

export function addDoctor(parent: Command): void {
  parent
    .command('doctor')
    .description('look at what the relay needs here, or at a running one: 0 without failures, 1 with them')
    .option('--url <url>', 'a running relay, by its health and metrics (default: what `relay start` would use here)')
    .option('--json', 'print the findings as JSON')
    .action(doctor);
}

async function doctor({ url, json }: Options): Promise<void> {
  const findings = url === undefined ? await examine(process.env) : await checkRunning(url);
  if (json) printJson({ findings });
  else print(report(findings));
  if (findings.some(({ status }) => status === 'fail')) process.exitCode = EXIT_PROBLEM;
}

function report(findings: readonly Finding[]): string {
  const rows = findings.map(({ check, status, found, advice }) => [
    status,
    check,
    advice ? `${found}; ${advice}` : found,
  ]);
  const count = (status: Finding['status']): number => findings.filter((finding) => finding.status === status).length;
  return `${table(rows)}\n\n${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} to mend`;
}
