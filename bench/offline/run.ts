import path from 'node:path';
import { machineFacts } from '../report/machine';
import { writeReport } from '../report/write';
import type { OfflineScenario } from './offline-scenario';
import { parseOfflineOptions, reportName } from './options';
import { offlineMarkdown, type OfflineReport } from './report';

interface Output {
  readonly root: string; // of the repository
  readonly print: (text: string) => void;
  readonly say: (line: string) => void;
}

/** Runs one offline scenario, prints its report and writes it to bench/results; git ignores one of a sample or another seed. */
export async function runOffline(
  name: string,
  scenario: OfflineScenario,
  args: readonly string[],
  { root, print, say }: Output,
): Promise<void> {
  const { json, ...options } = parseOfflineOptions(args, scenario.withoutData);
  const started = performance.now();
  const result = await scenario.run({ ...options, say });
  const { pinning: _, ...facts } = machineFacts(root);
  const report: OfflineReport = {
    scenario: name,
    summaryLine: scenario.summary,
    at: new Date().toISOString(),
    seed: options.seed,
    seconds: (performance.now() - started) / 1_000,
    facts,
    ...result,
  };
  const text = offlineMarkdown(report);
  const file = await writeReport(path.join(root, 'bench', 'results'), reportName(name, options), report, text);
  print(json ? JSON.stringify(report, null, 2) : text);
  say(`written to ${path.relative(process.cwd(), file)}.{json,md}`);
}
