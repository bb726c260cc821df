import { existsSync } from 'node:fs';
import path from 'node:path';
import type { PolicyDocument } from '@relay/contracts';
import { err, ok, type Result } from '@relay/core';
import type { ConfigProblem } from './config-store';
import { withEnvironmentProxy } from './environment-proxy';
import { locateProblem, withoutPlace, type Unlocated } from './locate-problem';
import { resolvePolicy, type ResolvedPolicy } from './policy-source';
import { problemsOf } from './problem';
import { MAX_POLICY_BYTES, readYaml } from './read-yaml';
import { checkReferences } from './references';
import {
  relayConfigSchema,
  type ModelConfigInput,
  type ParsedRelayConfig,
  type ProviderConfigInput,
  type RelayConfig,
} from './relay-config.schema';
import { resolveStrings, type StringOptions } from './resolve-strings';
import { lookUpVault } from './secrets/vault-lookup';
import type { VaultSecrets } from './secrets/vault-secrets';
import type { YamlSource } from './yaml-source';

/** What is used when relay.yaml names no provider. */
export interface Discovered {
  readonly providers: readonly ProviderConfigInput[];
  readonly models: readonly ModelConfigInput[];
}

export interface LoadOptions extends Omit<StringOptions, 'lookup'> {
  /** Reads what `vault:` references stand for; absent: they are problems. */
  readonly vault?: VaultSecrets;
  /** Whether it is a problem if there is no relay.yaml. */
  readonly required: boolean;
  /** Called only if relay.yaml names neither providers nor models. */
  readonly discover: () => Promise<Discovered>;
  /**
   * What a policy document's schema cannot see, conditions above all. `config` is null when the rest of relay.yaml has
   * problems of its own.
   */
  readonly checkPolicy: (policy: PolicyDocument, config: ParsedRelayConfig | null) => readonly Unlocated[];
  /** Used when relay.yaml names no policy. */
  readonly defaultPolicy: PolicyDocument;
  /** Told of each file before it is read, also of one that is missing: relay.yaml, `file:` references, the policy, what that includes. */
  readonly onRead?: (file: string) => void;
}

/** All that can be said of relay.yaml and its policy. */
export interface ReadConfig {
  readonly problems: readonly ConfigProblem[];
  /** Null if its schema refuses relay.yaml; its references may be wrong all the same. */
  readonly config: ParsedRelayConfig | null;
  /** Null if it cannot be read, or if relay.yaml names none: the default is in force then. */
  readonly policy: ResolvedPolicy | null;
  readonly document: PolicyDocument | null;
}

type Loaded<T> = Result<T, readonly ConfigProblem[]>;

/** Reads relay.yaml and everything it refers to. Gives the whole configuration, or every problem at once. */
export async function loadRelayConfig(options: LoadOptions): Promise<Loaded<RelayConfig>> {
  const { problems, config, document } = await readRelayConfig(options);
  if (problems.length > 0 || !config || !document) return err(problems);
  return ok({ ...config, policy: document });
}

/** As `loadRelayConfig`, and gives what could be read in spite of problems. */
export async function readRelayConfig(options: LoadOptions): Promise<ReadConfig> {
  options.onRead?.(options.file);
  const raw = options.required || existsSync(options.file) ? readYaml(options.file) : ok(null);
  if (!raw.ok) return nothingBut(raw.error);
  const source = raw.value;
  const here = (problem: Unlocated): ConfigProblem =>
    source ? locateProblem(source, problem) : withoutPlace(options.file, problem);
  if (options.required && (source?.value ?? null) === null) return nothingBut([here(EMPTY_DOCUMENT)]);
  const lookup = options.unreadable === 'stand-in' ? undefined : await lookUpVault(source?.value, options);
  const strings = resolveStrings(source?.value ?? {}, { ...options, lookup });
  const completed = await withDiscovered(strings.value, options.discover);
  const parsed = relayConfigSchema.safeParse(completed);
  const unlocated: Unlocated[] = [...(lookup?.problems ?? []), ...strings.problems];
  if (!parsed.success) unlocated.push(...problemsOf(options.file, relayConfigSchema, completed, parsed.error));
  unlocated.push(...checkReferences(options.file, completed));
  const problems = unlocated.filter((problem) => !strings.standIns.has(problem.path)).map(here);

  const config = parsed.success ? withProxies(parsed.data, options.env) : null;
  const policy = loadPolicy(source, completed, options);
  if (!policy.ok)
    return { problems: firstOfEachPath([...problems, ...policy.error]), config, policy: null, document: null };
  const document = policy.value?.document ?? options.defaultPolicy;
  problems.push(...options.checkPolicy(document, config).map(policy.value?.locate ?? here));
  return { problems: firstOfEachPath(problems), config, policy: policy.value, document };
}

const withProxies = (config: ParsedRelayConfig, env: NodeJS.ProcessEnv): ParsedRelayConfig => ({
  ...config,
  providers: config.providers.map((provider) => withEnvironmentProxy(provider, env)),
});

const nothingBut = (problems: readonly ConfigProblem[]): ReadConfig => ({
  problems,
  config: null,
  policy: null,
  document: null,
});

/** An unset variable, say, is also a value that the schema does not like: the first word on a place is the best one. */
function firstOfEachPath(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ file, path: place }) => {
    const key = `${file} ${place}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** A file that is there is meant to say something: an empty one is most likely being written at this moment. */
const EMPTY_DOCUMENT: Unlocated = {
  path: '',
  found: 'an empty document',
  allowed: 'a mapping; {} for one without settings',
};

async function withDiscovered(input: unknown, discover: LoadOptions['discover']): Promise<unknown> {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return input;
  if ('providers' in input || 'models' in input) return input;
  const { providers, models } = await discover();
  return { ...input, providers, models };
}

/** The policy that relay.yaml holds, or that of a file of its own; null if it names none. `completed` may have any shape. */
function loadPolicy(
  source: YamlSource | null,
  completed: unknown,
  options: LoadOptions,
): Loaded<ResolvedPolicy | null> {
  const written =
    completed !== null && typeof completed === 'object' && 'policy' in completed ? completed.policy : undefined;
  if (!source || written === undefined || written === null) return ok(null);
  const { onRead } = options;
  const folder = path.dirname(path.resolve(options.file));
  if (typeof written !== 'string') return resolvePolicy(source, 'policy', written, { roots: [folder], onRead });
  const file = path.resolve(folder, written);
  onRead?.(file);
  const own = readYaml(file, MAX_POLICY_BYTES);
  if (!own.ok) return own;
  const roots = [...new Set([folder, path.dirname(file)])];
  return resolvePolicy(own.value, '', own.value.value, { roots, onRead });
}
