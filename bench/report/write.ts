import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { markdown, type Report } from './markdown';

/** Writes `<scenario>-<date>.json` and `.md`; a second run on a day replaces the first. Returns the path without extension. */
export async function writeReport(directory: string, report: Report, details: object): Promise<string> {
  await mkdir(directory, { recursive: true });
  const name = report.profiled ? `${report.scenario}-profile` : report.scenario;
  const file = path.join(directory, `${name}-${report.at.slice(0, 10)}`);
  await writeFile(`${file}.json`, `${JSON.stringify({ ...report, ...details }, null, 2)}\n`);
  await writeFile(`${file}.md`, `${markdown(report)}\n`);
  return file;
}
