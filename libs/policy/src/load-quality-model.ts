import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RelayConfig } from '@relay/config';
import { err, ok, type Result } from '@relay/core';
import { QualityModel } from '@relay/prompt';
import type { PolicyProblem } from './compile-policy';

const MAX_BYTES = 64 * 1024 * 1024;

/** Reads the quality model that relay.yaml names, its path relative to `baseDir`; `null` where it names none. */
export function loadQualityModel(
  { routing, models }: Pick<RelayConfig, 'routing' | 'models'>,
  baseDir: string,
): Result<QualityModel | null, PolicyProblem> {
  if (routing.qualityModel === undefined) return ok(null);
  const file = path.resolve(baseDir, routing.qualityModel);
  const parsed = read(file);
  const problem = (found: string, allowed: string): Result<never, PolicyProblem> =>
    err({ path: 'routing.qualityModel', found, allowed });
  if (!parsed.ok) return problem(`${file}: ${parsed.error}`, 'a file written by `npm run train -- quality`');
  const known = models.map(({ id }) => id);
  if (parsed.value.models.some((model) => known.includes(model))) return parsed;
  return problem(
    `a model of ${parsed.value.models.join(', ')}`,
    `one that knows any of the models: ${known.join(', ')}`,
  );
}

function read(file: string): Result<QualityModel, string> {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) return err(`${size} bytes, more than ${MAX_BYTES}`);
    return QualityModel.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return err(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
  }
}
