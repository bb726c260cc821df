import { createSecureContext } from 'node:tls';
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
  try {
    createSecureContext({ ca, cert, key });
    return [];
  } catch {
    return [
      { path: 'tls', found: 'what is no certificate or key', allowed: 'PEM texts, the key that of the certificate' },
    ];
  }
}
