import { readFileSync } from 'node:fs';
import path from 'node:path';
import { err, ok, type Result } from '@relay/core';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** Replaces `${NAME}` and `${NAME:-default}`; the error names the variable that is not set, if there is no `standIn` for it. */
export function interpolate(text: string, env: NodeJS.ProcessEnv, standIn?: string): Result<string, string> {
  const missing: string[] = [];
  const value = text.replace(VARIABLE, (_, name: string, fallback: string | undefined) => {
    const found = env[name] ?? fallback ?? standIn;
    if (found === undefined) missing.push(name);
    return found ?? '';
  });
  return missing.length > 0 ? err(`the variable ${missing.join(', ')}, which is not set`) : ok(value);
}

interface SecretSources {
  readonly env: NodeJS.ProcessEnv;
  /** Paths of files are relative to it. */
  readonly baseDir: string;
  readonly onRead?: ((file: string) => void) | undefined;
}

/** Resolves `env:NAME` and `file:PATH`; any other text is the secret itself. `vault:` takes a network: see secrets/vault-lookup.ts. */
export function resolveSecret(text: string, { env, baseDir, onRead }: SecretSources): Result<string, string> {
  if (text.startsWith('env:')) return fromEnvironment(text.slice(4), env);
  if (text.startsWith('file:')) {
    const file = path.resolve(baseDir, text.slice(5));
    onRead?.(file);
    return fromFile(file);
  }
  if (text.startsWith('vault:')) return err('a vault: reference, which cannot be used here');
  return ok(text);
}

function fromEnvironment(name: string, env: NodeJS.ProcessEnv): Result<string, string> {
  const value = env[name];
  return value ? ok(value) : err(`the variable ${name}, which is not set`);
}

function fromFile(file: string): Result<string, string> {
  try {
    const value = readFileSync(file, 'utf8').trim();
    return value ? ok(value) : err(`the file ${file}, which is empty`);
  } catch (error) {
    return err(`the file ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
  }
}
