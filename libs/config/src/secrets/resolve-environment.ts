import { existsSync } from 'node:fs';
import path from 'node:path';
import { err, ok, type Result } from '@relay/core';
import type { ConfigProblem } from '../config-store';
import { locateProblem, withoutPlace } from '../locate-problem';
import { readYaml } from '../read-yaml';
import { resolveSecret } from '../secrets';
import type { YamlSource } from '../yaml-source';
import { readFromVault, type VaultLookup } from './vault-lookup';
import { VAULT_PREFIX } from './vault-reference';
import type { VaultSecrets } from './vault-secrets';

/** Variables that may be `file:PATH` or `vault:PATH#FIELD`; relative paths are relative to the working directory. */
const SECRET_VARIABLES = [
  'RELAY_ENCRYPTION_KEY',
  'RELAY_ENCRYPTION_KEY_PREVIOUS',
  'RELAY_JWT_SECRET',
  'RELAY_JWT_PRIVATE_KEY',
  'RELAY_ADMIN_PASSWORD',
  'DATABASE_URL',
  'REDIS_URL',
] as const;
/** Those that hold several, separated by commas, each of which may be a reference. */
const LISTS: ReadonlySet<string> = new Set(['RELAY_ENCRYPTION_KEY_PREVIOUS', 'RELAY_JWT_PRIVATE_KEY']);

const ENVIRONMENT_FILE = 'environment';
const READABLE = 'a value, file:PATH or vault:PATH#FIELD that can be read';

export interface EnvironmentSources {
  readonly vault: VaultSecrets;
  /** Path of relay.yaml, whose `secrets.vault` tells where Vault is. */
  readonly configFile: string;
  readonly onRead?: ((file: string) => void) | undefined;
}

type Resolved = Result<NodeJS.ProcessEnv, readonly ConfigProblem[]>;

/** A copy of the environment in which secrets stand for what they refer to. */
export async function resolveEnvironment(env: NodeJS.ProcessEnv, sources: EnvironmentSources): Promise<Resolved> {
  const lookup = await lookUp(env, sources);
  if (!lookup.ok) return lookup;
  const problems: ConfigProblem[] = [...lookup.value.problems];
  const resolved = { ...env };
  for (const name of SECRET_VARIABLES) {
    const values = partsOf(name, env[name]).map((part) => valueOf(part, lookup.value.of, sources.onRead));
    for (const value of values) {
      if (value !== null && !value.ok)
        problems.push({ file: ENVIRONMENT_FILE, path: name, found: value.error, allowed: READABLE });
    }
    if (values.length > 0) resolved[name] = values.map((value) => (value?.ok ? value.value : '')).join(',');
  }
  return problems.length > 0 ? err(problems) : ok(resolved);
}

function partsOf(name: string, value: string | undefined): string[] {
  if (!value) return [];
  return LISTS.has(name) ? value.split(',').map((part) => part.trim()) : [value];
}

/** Null: it is told of elsewhere why it cannot be read. */
function valueOf(
  text: string,
  ofVault: VaultLookup['of'],
  onRead: EnvironmentSources['onRead'],
): Result<string, string> | null {
  if (text.startsWith(VAULT_PREFIX)) return ofVault(text);
  return text.startsWith('file:') ? resolveSecret(text, { env: {}, baseDir: process.cwd(), onRead }) : ok(text);
}

interface Located {
  readonly problems: readonly ConfigProblem[];
  readonly of: VaultLookup['of'];
}

async function lookUp(
  env: NodeJS.ProcessEnv,
  { vault, configFile }: EnvironmentSources,
): Promise<Result<Located, readonly ConfigProblem[]>> {
  const references = SECRET_VARIABLES.flatMap((name) => partsOf(name, env[name])).filter((part) =>
    part.startsWith(VAULT_PREFIX),
  );
  if (references.length === 0) return ok({ problems: [], of: () => null });
  const file = path.resolve(configFile);
  const source: Result<YamlSource | null, readonly ConfigProblem[]> = existsSync(file) ? readYaml(file) : ok(null);
  if (!source.ok) return source;
  const lookup = await readFromVault(source.value?.value, references, { file, env, vault });
  const here = source.value;
  const problems = lookup.problems.map((problem) =>
    here ? locateProblem(here, problem) : withoutPlace(file, problem),
  );
  // What is wrong with secrets.vault itself is told when relay.yaml is read, unless nothing else would stop the start.
  const isRefused = problems.length === 0 && references.some((reference) => lookup.of(reference) === null);
  return ok({ problems, of: isRefused ? () => err('a vault: reference, and secrets.vault has problems') : lookup.of });
}
