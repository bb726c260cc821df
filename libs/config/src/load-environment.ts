import { err, ok, type Result } from '@relay/core';
import type { ConfigProblem } from './config-store';
import { environmentSchema, type Environment } from './environment';
import { problemsOf } from './problem';

/** Parses the process environment once. Variables set to the empty text count as not set, as compose files leave them. */
export function loadEnvironment(env: NodeJS.ProcessEnv): Result<Environment, readonly ConfigProblem[]> {
  const known = Object.keys(environmentSchema.shape);
  const input = Object.fromEntries(known.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const parsed = environmentSchema.safeParse(input);
  return parsed.success ? ok(parsed.data) : err(problemsOf('environment', environmentSchema, input, parsed.error));
}
