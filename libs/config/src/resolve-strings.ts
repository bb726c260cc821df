import path from 'node:path';
import type { Unlocated } from './locate-problem';
import { formatPath } from './problem';
import { interpolate, resolveSecret } from './secrets';

export interface StringOptions {
  /** Path of relay.yaml; `file:` references are relative to it. */
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  /** What cannot be read: a problem (the default), or a text of its own stands in for it, so that all else can be looked at. */
  readonly unreadable?: 'refuse' | 'stand-in';
  /** Told of each file before it is read. */
  readonly onRead?: ((file: string) => void) | undefined;
}

export interface ResolvedStrings {
  readonly value: unknown;
  readonly problems: readonly Unlocated[];
  readonly standIns: ReadonlySet<string>; // paths of texts that something stands in for
}

const SECRET_FIELD =
  /^(providers\[\d+\]\.(apiKey|apiKeys\[\d+\]\.value|credentials\.(accessKeyId|secretAccessKey|sessionToken)|proxy|tls\.(ca|cert|key))|server\.tls\.(ca|cert|key)|embedder\.apiKey|telemetry\.otlp\.headers\.[^.[]+|auth\.oidc\[\d+\]\.clientSecret|tenants\[\d+\]\.keys\[\d+\]\.value)$/;

/** A copy with every `${NAME}` replaced, and secret references in secret fields resolved. */
export function resolveStrings(root: unknown, options: StringOptions): ResolvedStrings {
  const baseDir = path.dirname(path.resolve(options.file));
  const problems: Unlocated[] = [];
  const standIns = new Set<string>();
  const text = (value: string, where: string): string => {
    // In a policy a variable may be part of a condition, which has to stay one.
    const inPolicy = options.unreadable === 'stand-in' && where.startsWith('policy.');
    let result = interpolate(value, options.env, inPolicy ? 'unset' : undefined);
    if (result.ok && SECRET_FIELD.test(where)) result = resolveSecret(result.value, { ...options, baseDir });
    if (result.ok) return result.value;
    if (options.unreadable === 'stand-in') {
      standIns.add(where);
      return standInFor(where);
    }
    const allowed = 'a value, ${NAME}, env:NAME or file:PATH that can be read';
    problems.push({ path: where, found: result.error, allowed });
    return value;
  };
  const visit = (value: unknown, at: readonly PropertyKey[]): unknown => {
    if (Array.isArray(value)) return value.map((item, i) => visit(item, [...at, i]));
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, [...at, key])]));
    }
    return typeof value === 'string' ? text(value, formatPath(at)) : value;
  };
  return { value: visit(root, []), problems, standIns };
}

/** Long enough for a key, well-formed as a URL, and like no other. */
const standInFor = (where: string): string => `http://unset.invalid/${where.replace(/[^A-Za-z0-9]+/g, '-')}`;
