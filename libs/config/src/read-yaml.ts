import { readFileSync, statSync } from 'node:fs';
import { err, type Result } from '@relay/core';
import type { ConfigProblem } from './config-store';
import { YamlSource } from './yaml-source';

export const MAX_POLICY_BYTES = 1_048_576; // 1 MiB: a policy of 500 rules is about a tenth of it
const MAX_CONFIG_BYTES = 16_777_216; // 16 MiB: about 100,000 tenants

/** Reads and parses a YAML file of at most `maxBytes`. What is no regular file is not opened: a device or a pipe may never end. */
export function readYaml(file: string, maxBytes = MAX_CONFIG_BYTES): Result<YamlSource, readonly ConfigProblem[]> {
  let text: string;
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return err([unreadable(file, 'no regular file')]);
    if (stats.size > maxBytes) return err([tooLarge(file, maxBytes)]);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return err([unreadable(file, (error as NodeJS.ErrnoException).code ?? 'error')]);
  }
  return YamlSource.parse(file, text);
}

const unreadable = (file: string, why: string): ConfigProblem => ({
  file,
  path: '',
  found: `no readable file (${why})`,
  allowed: 'a readable YAML file',
});

export const tooLarge = (file: string, maxBytes: number): ConfigProblem => ({
  file,
  path: '',
  found: `more than ${maxBytes} bytes`,
  allowed: `a document of at most ${maxBytes} bytes`,
  line: 1,
  column: 1,
});
