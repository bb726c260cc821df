import { createSecureContext } from 'node:tls';
import type { ConfigProblem, ProviderConfig } from '@relay/config';
import { headerProblem } from './adapters/http/upstream-headers';

type Problem = Pick<ConfigProblem, 'path' | 'found' | 'allowed'>;

/** What the schema cannot see: fields that a kind of provider needs, headers, keys and certificates that cannot be used. */
export function providerProblems(providers: readonly ProviderConfig[], file: string): ConfigProblem[] {
  return providers.flatMap((provider, i) => {
    const checks = [baseUrl, headers, keys, certificates, bedrock];
    const problems = checks.flatMap((check) => check(provider));
    return problems.map((problem) => ({ ...problem, file, path: `providers[${i}].${problem.path}` }));
  });
}

function baseUrl({ kind, baseUrl }: ProviderConfig): Problem[] {
  const path = 'baseUrl';
  if (kind === 'openai' && baseUrl === undefined)
    return [
      { path, found: 'nothing', allowed: 'the URL of an OpenAI-compatible server, e.g. https://api.openai.com/v1' },
    ];
  if (kind !== 'azure') return [];
  const allowed = 'https://NAME.openai.azure.com/openai/v1, or https://NAME.openai.azure.com/openai?api-version=…';
  if (baseUrl === undefined) return [{ path, found: 'nothing', allowed }];
  const { pathname, searchParams } = new URL(baseUrl);
  if (/\/v1\/*$/.test(pathname) || searchParams.has('api-version')) return [];
  return [{ path, found: 'neither the v1 API nor an api-version', allowed }];
}

/** A value may be a secret: the problem names only where it is. */
function headers({ headers: written = {} }: ProviderConfig): Problem[] {
  return Object.entries(written).flatMap(([name, value]) => {
    const allowed = headerProblem(name, value);
    return allowed === null ? [] : [{ path: `headers.${name}`, found: 'a header that cannot be sent', allowed }];
  });
}

function keys({ apiKey, apiKeys = [] }: ProviderConfig): Problem[] {
  const all = [
    ...(apiKey === undefined ? [] : [{ path: 'apiKey', value: apiKey }]),
    ...apiKeys.map(({ value }, i) => ({ path: `apiKeys[${i}].value`, value })),
  ];
  const seen = new Set<string>();
  return all.flatMap(({ path, value }) => {
    const isRepeated = seen.has(value);
    seen.add(value);
    if (isRepeated) return [{ path, found: 'a value that another key has', allowed: 'a value of its own' }];
    const allowed = headerProblem('authorization', value);
    return allowed === null ? [] : [{ path, found: 'a key that cannot be sent', allowed }];
  });
}

function certificates({ tls }: ProviderConfig): Problem[] {
  if (!tls) return [];
  const { ca, cert, key } = tls;
  if ((cert === undefined) !== (key === undefined))
    return [
      { path: 'tls', found: cert === undefined ? 'a key alone' : 'a certificate alone', allowed: 'cert and key' },
    ];
  try {
    createSecureContext({ ca, cert, key });
    return [];
  } catch {
    return [
      { path: 'tls', found: 'what is no certificate or key', allowed: 'PEM texts, the key that of the certificate' },
    ];
  }
}

/** Bedrock is where its region says, and takes a key or signed requests. */
function bedrock({ kind, region, baseUrl, apiKey, apiKeys, credentials }: ProviderConfig): Problem[] {
  if (kind !== 'bedrock') {
    if (credentials === undefined) return [];
    return [{ path: 'credentials', found: `those of a provider of kind ${kind}`, allowed: 'kind: bedrock' }];
  }
  const problems: Problem[] = [];
  if (!isAwsRegion(region) && (baseUrl === undefined || credentials !== undefined)) {
    const allowed = 'the AWS region that is asked, e.g. eu-central-1';
    problems.push({ path: 'region', found: region ?? 'nothing', allowed });
  }
  if (apiKey === undefined && apiKeys === undefined && credentials === undefined) {
    const allowed = 'a Bedrock API key, or credentials with accessKeyId and secretAccessKey';
    problems.push({ path: 'apiKey', found: 'nothing', allowed });
  }
  return problems;
}

const isAwsRegion = (region: string | undefined): boolean => /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region ?? '');
