import type { z } from 'zod';
import type { ConfigProblem } from './config-store';

const FOUND_MAX_CHARS = 40; // shorter than the keys of providers
const MAX_PROBLEMS = 200; // told of one document
export const UNKNOWN_KEY = 'an unknown key';
const SECRET_PATH =
  /(apiKey|[kK]eys\[\d+\]\.value|proxy|tls\.(ca|cert|key)|credentials\.\w+|clientSecret|[sS]ecret|password|token|roleId|secretId|headers\.[^.]+|PASSWORD|SECRET|ENCRYPTION_KEY(_PREVIOUS(\[\d+\])?)?|_URL)$/;

/** `['models', 0, 'id']` as `models[0].id`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/**
 * A found value for a person: short, and never a secret. Lists, mappings and long texts are told by kind: the file may be
 * another than was meant, and secrets may stand anywhere in it.
 */
export function describeFound(path: string, value: unknown): string {
  if (value === undefined) return 'nothing';
  if (SECRET_PATH.test(path)) return `a ${typeof value} (hidden)`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (value !== null && typeof value === 'object')
    return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  if (typeof value === 'string' && (path === '' || value.length > FOUND_MAX_CHARS))
    return `a text of ${value.length} characters`;
  return JSON.stringify(value) ?? typeof value;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** What the schemas of zod 4 have that lead to others. */
interface SchemaNode {
  readonly shape?: Record<string, SchemaNode>; // object
  readonly element?: SchemaNode; // list
  readonly options?: readonly SchemaNode[]; // union
  readonly def?: {
    readonly type?: string;
    readonly innerType?: SchemaNode; // optional, nullable, default, prefault
    readonly in?: SchemaNode; // pipe, transform
    readonly valueType?: SchemaNode; // record
  };
}

/** The keys that the object schema at `path` knows; empty if there is no object schema there. */
function knownKeys(schema: SchemaNode | undefined, path: readonly PropertyKey[]): string[] {
  const node = unwrapped(schema);
  if (!node) return [];
  if (node.options) return [...new Set(node.options.flatMap((option) => knownKeys(option, path)))];
  const [head, ...rest] = path;
  if (head === undefined) return Object.keys(node.shape ?? {});
  if (node.def?.type === 'record') return knownKeys(node.def.valueType, rest);
  return knownKeys(typeof head === 'number' ? node.element : node.shape?.[String(head)], rest);
}

function unwrapped(schema: SchemaNode | undefined): SchemaNode | undefined {
  let node = schema;
  for (let inner = node; inner; inner = node?.def?.innerType ?? node?.def?.in) node = inner;
  return node;
}

/** Every problem that a failed parse found: an unknown key is a problem of its own, with the keys that are known. */
export function problemsOf(file: string, schema: z.ZodType, input: unknown, error: z.ZodError): ConfigProblem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(file, schema, input, issue)).slice(0, MAX_PROBLEMS);
}

function problemsOfIssue(file: string, schema: z.ZodType, input: unknown, issue: z.core.$ZodIssue): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const allowed = knownKeys(schema, issue.path).join(', ');
    return issue.keys.map((key) => ({
      file,
      path: formatPath([...issue.path, key]),
      found: UNKNOWN_KEY,
      allowed: allowed || 'no such key',
    }));
  }
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.filter((branch) => branch.length > 0);
    const deepest = branches.find((branch) => branch.some((inner) => inner.path.length > 0));
    if (deepest) {
      return deepest.flatMap((inner) =>
        problemsOfIssue(file, schema, input, { ...inner, path: [...issue.path, ...inner.path] }),
      );
    }
    return [
      problem(file, input, issue.path, branches.map((branch) => branch.map(allowedText).join(', ')).join(' or ')),
    ];
  }
  return [problem(file, input, issue.path, allowedText(issue))];
}

function problem(file: string, input: unknown, issuePath: readonly PropertyKey[], allowed: string): ConfigProblem {
  const path = formatPath(issuePath);
  return { file, path, found: describeFound(path, valueAt(input, issuePath)), allowed };
}

/** What would have been right, in words. */
function allowedText(issue: z.core.$ZodRawIssue | z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `a value of type ${String(issue.expected)}`;
    case 'invalid_value':
      return (issue.values as unknown[]).map((value) => JSON.stringify(value)).join(' | ');
    case 'too_small':
      return `${String(issue.origin)} ${issue.inclusive === false ? 'above' : 'of at least'} ${String(issue.minimum)}`;
    case 'too_big':
      return `${String(issue.origin)} ${issue.inclusive === false ? 'below' : 'of at most'} ${String(issue.maximum)}`;
    default:
      return issue.message ?? 'another value';
  }
}
