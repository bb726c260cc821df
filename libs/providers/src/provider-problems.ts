import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { ConfigProblem, ProviderConfig } from '@relay/config';
import { headerProblem } from './adapters/http/upstream-headers';

type Problem = Pick<ConfigProblem, 'path' | 'found' | 'allowed'>;

/** What a provider cannot be built with, whoever wrote the configuration: headers, keys and certificates that cannot be used. */
export function providerProblems(providers: readonly ProviderConfig[], file: string): ConfigProblem[] {
  return providers.flatMap((provider, i) => {
    const checks = [baseUrl, headers, keys, certificates];
    const problems = checks.flatMap((check) => check(provider));
    return problems.map((problem) => ({ ...problem, file, path: `providers[${i}].${problem.path}` }));
  });
}

function baseUrl({ kind, baseUrl: written }: ProviderConfig): Problem[] {
  if (written !== undefined || (kind !== 'openai' && kind !== 'azure')) return [];
  return [{ path: 'baseUrl', found: 'nothing', allowed: 'the URL of a server, e.g. https://api.openai.com/v1' }];
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
  return all.flatMap(({ path, value }) => {
    const allowed = headerProblem('authorization', value);
    return allowed === null ? [] : [{ path, found: 'a key that cannot be sent', allowed }];
  });
}

function certificates({ tls }: ProviderConfig): Problem[] {
  if (!tls) return [];
  const { ca, cert, key } = tls;
  const parts: Record<string, SecureContextOptions> = {
    ...(ca !== undefined && { ca: { cert: ca } }), // a list of authorities may be empty; a certificate may not
    ...(cert !== undefined && { cert: { cert } }),
    ...(key !== undefined && { key: { key } }),
  };
  const unusable = Object.keys(parts).filter((name) => !isUsable(parts[name] ?? {}));
  const refuse = (name: string): Problem => ({
    path: `tls.${name}`,
    ...(name === 'key' ? NO_KEY : NO_CERTIFICATE),
  });
  if (unusable.length > 0) return unusable.map(refuse);
  if (isUsable({ ca, cert, key })) return [];
  return [{ path: 'tls.key', found: 'a key of another certificate', allowed: 'the key of the certificate in cert' }];
}

const NO_CERTIFICATE = { found: 'what is no certificate', allowed: 'certificates as PEM text' };
const NO_KEY = { found: 'what is no key', allowed: 'a private key as PEM text' };

function isUsable(options: SecureContextOptions): boolean {
  try {
    createSecureContext(options);
    return true;
  } catch {
    return false;
  }
}
