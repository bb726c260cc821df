import { readFileSync } from 'node:fs';
import path from 'node:path';
import { policyDocumentSchema } from '@relay/contracts';
import { checkPolicy, lintPolicy } from '@relay/policy';
import { parse } from 'yaml';
import { z } from 'zod';
import { formatProblem } from './config-store';
import { loadRelayConfig, type LoadOptions, readRelayConfig } from './load-config';
import { relayConfigSchema } from './relay-config.schema';

const FILE = path.resolve(__dirname, '../../../relay.example.yaml');

interface JsonSchema {
  readonly $ref?: string;
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly $defs?: Record<string, JsonSchema>;
}

/** Paths of every key that a schema knows, lists written as `[]`. */
function knownPaths(root: JsonSchema): string[] {
  const visit = (schema: JsonSchema, at: string): string[] => {
    const target = schema.$ref ? root.$defs?.[schema.$ref.split('/').at(-1) ?? ''] : schema;
    if (!target) throw new Error(`there is no ${schema.$ref}`);
    const inside = Object.entries(target.properties ?? {}).flatMap(([key, value]) => {
      const here = at === '' ? key : `${at}.${key}`;
      return [here, ...visit(value, here)];
    });
    const items = target.items ? visit(target.items, `${at}[]`) : [];
    return [...inside, ...items, ...(target.anyOf ?? []).flatMap((option) => visit(option, at))];
  };
  return visit(root, '');
}

/** Paths of every key in a document, lists written as `[]`. */
function usedPaths(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => usedPaths(item, `${at}[]`));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const here = at === '' ? key : `${at}.${key}`;
    return [here, ...usedPaths(item, here)];
  });
}

describe('relay.example.yaml', () => {
  const certificates = ['CORP_CA', 'CLIENT_CERT', 'CLIENT_KEY', 'RELAY_CERT', 'RELAY_CERT_KEY', 'CLIENTS_CA'];
  const aws = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
  const keys = [
    'OPENAI_API_KEY',
    'OPENAI_API_KEY_2',
    'ANTHROPIC_API_KEY',
    'GROQ_API_KEY',
    'ACME_KEY',
    'OIDC_CLIENT_SECRET',
    'ALERT_SECRET',
    'VAULT_ROLE_ID',
    'VAULT_SECRET_ID',
    'OTLP_KEY',
    ...aws,
  ];
  const env = Object.fromEntries([...keys, ...certificates].map((name) => [name, `text-of-${name}`]));

  const options: LoadOptions = {
    file: FILE,
    required: true,
    env,
    discover: () => Promise.reject(new Error('the example names its providers')),
    defaultPolicy: policyDocumentSchema.parse({ name: 'default', version: 1 }),
    checkPolicy,
  };

  it('is a configuration that the relay starts with', async () => {
    const loaded = await loadRelayConfig(options);
    expect(loaded.ok ? [] : loaded.error.map(formatProblem)).toEqual([]);
  });

  it('has a policy without errors, also where none of its variables are set', async () => {
    const { problems, config, policy } = await readRelayConfig({ ...options, env: {}, unreadable: 'stand-in' });
    expect(problems.map(formatProblem)).toEqual([]);
    expect(policy && lintPolicy(policy, config).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('shows every key that there is', () => {
    const schema = z.toJSONSchema(relayConfigSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    const used = usedPaths(parse(readFileSync(FILE, 'utf8')));
    // A rule changes the same fields that the defaults set: each needs to be shown in one of the two places.
    // Nor does a price have other keys at a target, in a batch or for long inputs.
    const asDefaults = (key: string) =>
      key
        .replace(/^policy\.rules\[\](\.experiment\.arms\[\])?\.then/, 'policy.defaults')
        .replace(/^models\[\]\.targets\[\]\.price\./, 'models[].price.')
        .replace('.price.batch.', '.price.')
        .replace(/\.price\.above\[\]\.(?=\w+PerMTok$)/, '.price.');
    const shown = new Set(used.map(asDefaults));
    const known = knownPaths(schema).map(asDefaults);
    expect(known.length).toBeGreaterThan(50);
    expect(known.filter((key) => !shown.has(key))).toEqual([]);
  });
});
