import { GENERATIVE_OPERATIONS, OPERATIONS, type Operation } from '@relay/contracts';
import type { ProviderConfig, ProviderKind } from './relay-config.schema';

interface ProviderKindShape {
  /** Where it is, if nobody says; null: `baseUrl` has to be given, or there is none. */
  readonly baseUrl: string | null;
  /** What it understands itself; `operations` of a provider says otherwise. */
  readonly operations: readonly Operation[];
}

const ALL_OF_OPENAI = OPERATIONS.filter((operation) => operation !== 'messages');

/** One line for each kind of provider. */
export const PROVIDER_KINDS = {
  openai: { baseUrl: null, operations: ALL_OF_OPENAI },
  groq: {
    baseUrl: 'https://api.groq.com/openai/v1',
    operations: ['chat', 'audio.speech', 'audio.transcriptions', 'audio.translations'],
  },
  simulator: { baseUrl: null, operations: ['chat'] },
} as const satisfies Record<ProviderKind, ProviderKindShape>;

/** What a provider understands as it is. */
export function operationsOf({
  kind,
  operations,
}: Pick<ProviderConfig, 'kind' | 'operations'>): ReadonlySet<Operation> {
  return new Set(operations ?? PROVIDER_KINDS[kind].operations);
}

/** What it can be asked for: one that speaks chat is also asked, by translation, what other protocols ask for text. */
export function servableBy(provider: Pick<ProviderConfig, 'kind' | 'operations'>): ReadonlySet<Operation> {
  const operations = operationsOf(provider);
  return operations.has('chat') ? new Set([...operations, ...GENERATIVE_OPERATIONS]) : operations;
}
