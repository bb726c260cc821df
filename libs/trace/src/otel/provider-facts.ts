import { kindOf, type ProviderConfig, type ProviderKind, type RelayConfig } from '@relay/config';
import type { ProviderFacts } from './domain/request-spans';

/** Values of `gen_ai.provider.name`; kinds that the conventions do not know keep their own. */
const PROVIDER_NAMES: Readonly<Partial<Record<ProviderKind, string>>> = {
  azure: 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  xai: 'x_ai',
};
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** What spans say of the configured providers, by id. */
export function providerFacts({ providers }: Pick<RelayConfig, 'providers'>): ReadonlyMap<string, ProviderFacts> {
  return new Map(providers.map((provider) => [provider.id, factsOf(provider)]));
}

/** Host and port alone: user, path and query of a base URL may hold a key. */
function factsOf({ kind, baseUrl }: ProviderConfig): ProviderFacts {
  const name = PROVIDER_NAMES[kind] ?? kind;
  const url = baseUrl ?? kindOf(kind).baseUrl;
  if (url === null) return { name, address: null, port: null };
  const { hostname, port, protocol } = new URL(url);
  return { name, address: hostname, port: port === '' ? (DEFAULT_PORTS[protocol] ?? null) : Number(port) };
}
