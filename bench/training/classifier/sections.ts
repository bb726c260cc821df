import { readFileSync } from 'node:fs';

export interface Entry {
  readonly section: string;
  readonly text: string;
}

/** Reads a file of `## section` heads and one entry a line, in which `\n` stands for a line break and `\\` for a backslash. */
export function readSections(file: string): Entry[] {
  const entries: Entry[] = [];
  let section = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.startsWith('## ')) section = line.slice(3).trim();
    else if (line.trim() !== '')
      entries.push({ section, text: line.replace(/\\([n\\])/g, (_, sign: string) => (sign === 'n' ? '\n' : '\\')) });
  }
  return entries;
}
