import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CliError } from './cli-error';

/** What was asked for, one line or many. */
export const print = (text: string): void => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
/** What is said beside it. */
export const warn = (text: string): void => void process.stderr.write(`relay: ${text}\n`);
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** A path as a person here would write it. */
export function shortPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative === '' || relative.startsWith('..') ? file : relative;
}

/** A file, or what is piped in (`-`). */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CliError(`cannot read ${file === '-' ? 'the input' : file}: ${reasonOf(error)}`);
  }
}

export const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));
