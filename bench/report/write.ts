import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes `<name>-<date>.json` and `.md`; a second run on a day replaces the first. Returns the path without extension. */
export async function writeReport(
  directory: string,
  name: string,
  report: { readonly at: string },
  text: string,
): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, `${name}-${report.at.slice(0, 10)}`);
  await writeFile(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(`${file}.md`, `${text}\n`);
  return file;
}
