import { readFileSync } from 'node:fs';
import path from 'node:path';
import { policyDocumentSchema, type PolicyDocument } from '@relay/contracts';
import { err, ok, type Result } from '@relay/core';
import { LineCounter, parseDocument } from 'yaml';
import type { ConfigProblem } from './config-store';
import { formatPath, problemsOf } from './problem';
import { checkReferences } from './references';
import {
  relayConfigSchema,
  type ModelConfigInput,
  type ParsedRelayConfig,
  type ProviderConfigInput,
  type RelayConfig,
} from './relay-config.schema';
import { interpolate, resolveSecret } from './secrets';

/** What is used when relay.yaml names no provider. */
export interface Discovered {
  readonly providers: readonly ProviderConfigInput[];
  readonly models: readonly ModelConfigInput[];
}

export interface LoadOptions {
  /** Path of relay.yaml; a missing file is a problem only if `required`. */
  readonly file: string;
  readonly required: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Called only if relay.yaml names neither providers nor models. */
  readonly discover: () => Promise<Discovered>;
  /**
   * What a policy document's schema cannot see, conditions above all. `config` is null when the rest of relay.yaml has
   * problems of its own.
   */
  readonly checkPolicy: (
    policy: PolicyDocument,
    config: ParsedRelayConfig | null,
  ) => readonly Omit<ConfigProblem, 'file'>[];
  /** Used when relay.yaml names no policy. */
  readonly defaultPolicy: PolicyDocument;
}

type Loaded<T> = Result<T, readonly ConfigProblem[]>;

const SECRET_FIELD = /^(providers\[\d+\]\.apiKey|tenants\[\d+\]\.keys\[\d+\]\.value)$/;

/** Reads relay.yaml and everything it refers to. Gives the whole configuration, or every problem at once. */
export async function loadRelayConfig(options: LoadOptions): Promise<Loaded<RelayConfig>> {
  const raw = readYaml(options.file, options.required);
  if (!raw.ok) return raw;
  if (options.required && (raw.value === null || raw.value === undefined)) return err([emptyDocument(options.file)]);
  const problems: ConfigProblem[] = [];
  const input = resolveStrings(raw.value ?? {}, options, problems);
  const completed = await withDiscovered(input, options.discover);
  const parsed = relayConfigSchema.safeParse(completed);
  if (!parsed.success) problems.push(...problemsOf(options.file, relayConfigSchema, completed, parsed.error));
  problems.push(...checkReferences(options.file, completed));
  const policy = loadPolicy(completed, options);
  if (!policy.ok) problems.push(...policy.error);
  else {
    const { document, locate } = policy.value;
    problems.push(...options.checkPolicy(document, parsed.success ? parsed.data : null).map(locate));
  }
  const found = firstOfEachPath(problems);
  if (!parsed.success || !policy.ok || found.length > 0) return err(found);
  return ok({ ...parsed.data, policy: policy.value.document });
}

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
const emptyDocument = (file: string): ConfigProblem => ({
  file,
  path: '',
  found: 'an empty document',
  allowed: 'a mapping; {} for one without settings',
});

function readYaml(file: string, required: boolean): Loaded<unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && !required) return ok(undefined);
    return err([{ file, path: '', found: `no readable file (${code ?? 'error'})`, allowed: 'a readable YAML file' }]);
  }
  return parseYaml(file, text);
}

/** Parses one YAML document; syntax errors come with line and column. Aliases are bounded against expansion bombs. */
function parseYaml(file: string, text: string): Loaded<unknown> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return err(
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { file: `${file}:${line}:${col}`, path: '', found: error.message, allowed: 'well-formed YAML' };
      }),
    );
  }
  try {
    return ok(document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    return err([{ file, path: '', found: (error as Error).message, allowed: 'YAML with at most 100 aliases' }]);
  }
}

/** A copy with every `${NAME}` replaced, and secret references in secret fields resolved. */
function resolveStrings(root: unknown, options: LoadOptions, problems: ConfigProblem[]): unknown {
  const baseDir = path.dirname(path.resolve(options.file));
  const visit = (value: unknown, at: readonly PropertyKey[]): unknown => {
    if (Array.isArray(value)) return value.map((item, i) => visit(item, [...at, i]));
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, [...at, key])]));
    }
    if (typeof value !== 'string') return value;
    const where = formatPath(at);
    let result = interpolate(value, options.env);
    if (result.ok && SECRET_FIELD.test(where)) result = resolveSecret(result.value, options.env, baseDir);
    if (result.ok) return result.value;
    problems.push({
      file: options.file,
      path: where,
      found: result.error,
      allowed: 'a value, ${NAME}, env:NAME or file:PATH that can be read',
    });
    return value;
  };
  return visit(root, []);
}

async function withDiscovered(input: unknown, discover: LoadOptions['discover']): Promise<unknown> {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return input;
  if ('providers' in input || 'models' in input) return input;
  const { providers, models } = await discover();
  return { ...input, providers, models };
}

/** A document, and where a problem in it is to be found: the paths of problems begin at `policy`. */
interface LocatedPolicy {
  readonly document: PolicyDocument;
  readonly locate: (problem: Omit<ConfigProblem, 'file'>) => ConfigProblem;
}

/** The policy document of the file, of a file of its own, or the default; `completed` may have any shape. */
function loadPolicy(completed: unknown, options: LoadOptions): Loaded<LocatedPolicy> {
  const here = (problem: Omit<ConfigProblem, 'file'>): ConfigProblem => ({ file: options.file, ...problem });
  const written =
    completed !== null && typeof completed === 'object' && 'policy' in completed ? completed.policy : undefined;
  if (written === undefined || written === null) return ok({ document: options.defaultPolicy, locate: here });
  if (typeof written !== 'string') {
    const inline = policyDocumentSchema.safeParse(written);
    return inline.success ? ok({ document: inline.data, locate: here }) : err([]); // its problems were told with the rest of the file
  }
  const file = path.resolve(path.dirname(path.resolve(options.file)), written);
  const raw = readYaml(file, true);
  if (!raw.ok) return raw;
  const parsed = policyDocumentSchema.safeParse(raw.value);
  if (!parsed.success) return err(problemsOf(file, policyDocumentSchema, raw.value, parsed.error));
  return ok({
    document: parsed.data,
    locate: (problem) => ({ file, ...problem, path: problem.path.replace(/^policy\./, '') }),
  });
}
