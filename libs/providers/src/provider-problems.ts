import type { ConfigProblem, ProviderConfig } from '@relay/config';
import { headerProblem } from './adapters/http/upstream-headers';

/** What the schema cannot see: fields that a kind of provider needs, headers that cannot be sent. */
export function providerProblems(providers: readonly ProviderConfig[], file: string): ConfigProblem[] {
  return providers.flatMap((provider, i) => [
    ...baseUrlProblems(provider, i, file),
    ...headerProblems(provider, i, file),
  ]);
}

function baseUrlProblems(provider: ProviderConfig, index: number, file: string): ConfigProblem[] {
  if (provider.kind !== 'openai' || provider.baseUrl !== undefined) return [];
  const allowed = 'the URL of an OpenAI-compatible server, e.g. https://api.openai.com/v1';
  return [{ file, path: `providers[${index}].baseUrl`, found: 'nothing', allowed }];
}

/** A value may be a secret: the problem names only where it is. */
function headerProblems(provider: ProviderConfig, index: number, file: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [name, value] of Object.entries(provider.headers ?? {})) {
    const allowed = headerProblem(name, value);
    if (allowed !== null)
      problems.push({
        file,
        path: `providers[${index}].headers.${name}`,
        found: 'a header that cannot be sent',
        allowed,
      });
  }
  return problems;
}
