import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  MAX_POLICY_BYTES,
  readRelayConfig,
  readYaml,
  resolvePolicy,
  type ConfigProblem,
  type ParsedRelayConfig,
  type ReadConfig,
  type ResolvedPolicy,
} from '@relay/config';
import { DEFAULT_POLICY, lintPolicy, lintProblem, type LocatedLintProblem } from '@relay/policy';
import { CliError } from './cli-error';
import { shortPath, warn } from './terminal';

const DEFAULT_CONFIG = 'relay.yaml';

export interface LocalOptions {
  readonly config?: string; // path of relay.yaml
  readonly file?: string; // a policy in a file of its own
}

/** A policy on this machine, and all that is wrong with it. */
export interface LocalPolicy {
  readonly name: string; // of the file, for people
  /** Null if it cannot be read; also if relay.yaml names none. */
  readonly policy: ResolvedPolicy | null;
  /** relay.yaml, if it can be used. */
  readonly config: ParsedRelayConfig | null;
  /** Absolute path of relay.yaml, whether it is there or not: what it names is relative to it. */
  readonly configFile: string;
  readonly problems: readonly LocatedLintProblem[];
}

/**
 * The policy of a file, else that of relay.yaml. Needs no running relay and no secrets: what is not set has something stand in
 * for it. In the policy of a file, models are checked if there is a relay.yaml.
 */
export async function readLocalPolicy({ config, file }: LocalOptions): Promise<LocalPolicy> {
  const configFile = path.resolve(config ?? process.env['RELAY_CONFIG'] ?? DEFAULT_CONFIG);
  const isNamed = config !== undefined || Boolean(process.env['RELAY_CONFIG']);
  const read = isNamed || existsSync(configFile) ? await readConfig(configFile) : null;
  const found =
    file !== undefined && path.resolve(file) !== configFile
      ? policyOfFile(path.resolve(file), configFile, read)
      : policyOfConfig(configFile, read);
  return { ...found, config: read?.config ?? null, configFile };
}

type Found = Omit<LocalPolicy, 'config' | 'configFile'>;

function policyOfConfig(configFile: string, read: ReadConfig | null): Found {
  if (!read) throw new CliError(`there is no ${DEFAULT_CONFIG} here; name a file, or relay.yaml with --config`);
  return told(configFile, read.policy, read.config, read.problems);
}

function policyOfFile(file: string, configFile: string, read: ReadConfig | null): Found {
  const config = read?.config ?? null;
  if (read && !config) warn(`${shortPath(configFile)} has problems of its own: the names of models are not checked`);
  const source = readYaml(file, MAX_POLICY_BYTES);
  if (!source.ok) return told(file, null, config, source.error);
  const roots = [...new Set([path.dirname(file), ...(read ? [path.dirname(configFile)] : [])])];
  const resolved = resolvePolicy(source.value, '', source.value.value, { roots });
  return resolved.ok ? told(file, resolved.value, config, []) : told(file, null, config, resolved.error);
}

function told(
  file: string,
  policy: ResolvedPolicy | null,
  config: ParsedRelayConfig | null,
  errors: readonly ConfigProblem[],
): Found {
  const found = [
    ...errors.map((problem) => lintProblem(problem, 'error')),
    ...(policy ? lintPolicy(policy, config && config.models.length > 0 ? config : null) : []),
  ];
  return {
    name: shortPath(file),
    policy,
    problems: found.map((problem) => ({ ...problem, file: shortPath(problem.file) })),
  };
}

function readConfig(file: string): Promise<ReadConfig> {
  return readRelayConfig({
    file,
    required: true,
    env: process.env,
    unreadable: 'stand-in',
    discover: () => Promise.resolve({ providers: [], models: [] }),
    defaultPolicy: DEFAULT_POLICY,
    checkPolicy: () => [], // lint does, and tells errors from warnings
  });
}

/** `file:line:column: severity path: found …; allowed: …` */
export function formatLintProblem(problem: LocatedLintProblem): string {
  const { file, line, column, severity, path: place, found, allowed } = problem;
  return `${file}:${line}:${column}: ${severity} ${place || '(document)'}: found ${found}; allowed: ${allowed}`;
}

export const hasErrors = (problems: LocalPolicy['problems']): boolean =>
  problems.some(({ severity }) => severity === 'error');
