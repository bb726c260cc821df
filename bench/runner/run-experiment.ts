import path from 'node:path';
import type { BenchOptions } from '../options';
import { experimentMarkdown } from '../report/experiment-markdown';
import { loadAverage, machineFacts } from '../report/machine';
import { writeReport } from '../report/write';
import type { Experiment } from '../scenarios/experiment';

interface Output {
  readonly root: string; // of the repository
  readonly print: (text: string) => void;
  readonly say: (line: string) => void;
}

/** Runs one experiment, prints its report and writes it to bench/results. True if nothing speaks against its figures. */
export async function runExperiment(
  name: string,
  experiment: Experiment,
  options: BenchOptions,
  { root, print, say }: Output,
): Promise<boolean> {
  const loadBefore = loadAverage();
  const result = await experiment.run({ options, temporary: path.join(root, 'bench', '.tmp'), say });
  const load = { 'load average': `${loadBefore} before, ${loadAverage()} after` };
  const report = {
    scenario: name,
    summaryLine: experiment.summary,
    at: new Date().toISOString(),
    options,
    ...result,
    facts: { ...machineFacts(root), ...result.facts, ...load },
  };
  const text = experimentMarkdown(report);
  const file = await writeReport(path.join(root, 'bench', 'results'), name, report, text);
  print(options.json ? JSON.stringify(report, null, 2) : text);
  say(`written to ${path.relative(process.cwd(), file)}.{json,md}`);
  return result.warnings.length === 0;
}
