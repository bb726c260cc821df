import path from 'node:path';
import { offlineScenarios } from './offline';
import { OFFLINE_SPEC } from './offline/options';
import { runOffline } from './offline/run';
import { parseCommandLine, scenarioName, type BenchOptions } from './options';
import { readProfiles } from './profile/read';
import type { ProfileReport } from './profile/summarise';
import { loadAverage, machineFacts } from './report/machine';
import { markdown, type Report } from './report/markdown';
import { summarise } from './report/summary';
import { writeReport } from './report/write';
import { runExperiment } from './runner/run-experiment';
import { runScenario, type ScenarioRun } from './runner/run-scenario';
import { experiments, scenarios } from './scenarios';
import type { Scenario } from './scenarios/scenario';

/** This file runs from dist/bench. */
const ROOT = path.resolve(__dirname, '../..');
const BENCH = path.join(ROOT, 'bench');

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const say = (line: string): void => void process.stderr.write(`  ${line}\n`);

function listScenarios(): void {
  const lines = (kind: Readonly<Record<string, { readonly summary: string }>>): string[] =>
    Object.entries(kind).map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`);
  print(
    [
      'usage: npm run bench -- <scenario> [options], see bench/README.md',
      ...['', 'load:', ...lines({ ...scenarios, ...experiments })],
      ...['', 'offline, with --data DIR:', ...lines(offlineScenarios)],
    ].join('\n'),
  );
}

async function profilesOf(run: ScenarioRun): Promise<ProfileReport[]> {
  const reports: ProfileReport[] = [];
  for (const [label, directory] of run.profileDirectories)
    reports.push(...(await readProfiles(label, directory, run.measurements)));
  return reports;
}

async function bench(name: string, scenario: Scenario, options: BenchOptions): Promise<void> {
  const loadBefore = loadAverage();
  const run = await runScenario(scenario, options, path.join(BENCH, '.tmp'), say);
  const facts = { ...machineFacts(ROOT), ...run.facts, 'load average': `${loadBefore} before, ${loadAverage()} after` };
  const report: Report = {
    scenario: name,
    summaryLine: scenario.summary,
    at: new Date().toISOString(),
    rounds: options.rounds,
    seconds: options.seconds,
    profiled: options.profile,
    facts,
    summary: summarise(run),
    profiles: await profilesOf(run),
  };
  const details = { options, ceilings: run.ceilings, measurements: run.measurements };
  const [all, text] = [{ ...report, ...details }, markdown(report)];
  const reportName = options.profile ? `${name}-profile` : name;
  const file = await writeReport(path.join(BENCH, 'results'), reportName, all, text);
  print(options.json ? JSON.stringify(all, null, 2) : text);
  say(`written to ${path.relative(process.cwd(), file)}.{json,md}`);
  if (report.summary.warnings.length > 0) process.exitCode = 1;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const name = scenarioName(args, OFFLINE_SPEC);
  const offline = name === undefined ? undefined : offlineScenarios[name];
  if (name !== undefined && offline) await runOffline(name, offline, args, { root: ROOT, print, say });
  else await benchLoad(args);
}

async function benchLoad(args: readonly string[]): Promise<void> {
  const wanted = scenarioName(args, OFFLINE_SPEC);
  const { scenario: name, options } = parseCommandLine(args, experiments[wanted ?? '']?.defaults);
  if (name === undefined) return listScenarios();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const scenario = scenarios[name];
  if (scenario) return bench(name, scenario, options);
  const experiment = experiments[name];
  const known = [scenarios, experiments, offlineScenarios].flatMap(Object.keys).join(', ');
  if (!experiment) throw new Error(`unknown scenario ${name}; known: ${known}`);
  if (!(await runExperiment(name, experiment, options, { root: ROOT, print, say }))) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
