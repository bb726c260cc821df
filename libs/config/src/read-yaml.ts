import { readFileSync, statSync } from 'node:fs';
import { err, type Result } from '@relay/core';
import type { ConfigProblem } from './config-store';
import { YamlSource } from './yaml-source';

export const MAX_POLICY_BYTES = 1_048_576; // 1 MiB: a policy of 500 rules is about a tenth of it

/** Reads and parses a YAML file of at most `maxBytes`. */
export function readYaml(file: string, maxBytes = Infinity): Result<YamlSource, readonly ConfigProblem[]> {
  let text: string;
  try {
    if (maxBytes < Infinity && statSync(file).size > maxBytes) return err([tooLarge(file, maxBytes)]);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return err([{ file, path: '', found: `no readable file (${code ?? 'error'})`, allowed: 'a readable YAML file' }]);
  }
  return YamlSource.parse(file, text);
}

export const tooLarge = (file: string, maxBytes: number): ConfigProblem => ({
  file,
  path: '',
  found: `more than ${maxBytes} bytes`,
  allowed: `a document of at most ${maxBytes} bytes`,
  line: 1,
  column: 1,
});
