import { servableBy } from '@relay/config';
import type { Operation } from '@relay/contracts';
import {
  anthropicCandidate,
  type Candidate,
  googleCandidate,
  groqCandidate,
  OLLAMA_PROBE_TIMEOUT_MS,
  ollamaCandidate,
  openaiCandidate,
} from './candidates';
import type { Discovery, ModelInput, ProviderInput } from './discovery.types';
import { listModels } from './list-models';
import { guessTier, operationsByName } from './model-names';
import { simulatorDiscovery } from './simulator-models';

interface FoundModel {
  readonly name: string;
  /** Null: it chats. */
  readonly operations: readonly Operation[] | null;
}

interface Found {
  readonly candidate: Candidate;
  readonly models: readonly FoundModel[];
  readonly listed: boolean;
}

/**
 * Providers that the environment points to: OPENAI_API_KEY (with OPENAI_BASE_URL), ANTHROPIC_API_KEY, GEMINI_API_KEY (or
 * GOOGLE_GENERATIVE_AI_API_KEY), GROQ_API_KEY, an Ollama on this machine; the simulator where none of them chats. Asks each for its models, at most `fetchTimeoutMs` long
 * and all at once; never throws.
 */
export async function discoverProviders(env: NodeJS.ProcessEnv, fetchTimeoutMs: number): Promise<Discovery> {
  const named = [openaiCandidate, anthropicCandidate, googleCandidate, groqCandidate].map((find) => find(env));
  const candidates = named.filter((candidate) => candidate !== null);
  const probes = candidates.map((candidate) => probe(candidate, fetchTimeoutMs));
  probes.push(probe(ollamaCandidate(env), Math.min(fetchTimeoutMs, OLLAMA_PROBE_TIMEOUT_MS)));
  const probed = await Promise.all(probes);
  const usable = probed.filter(({ models }) => models.length > 0);
  const silent = probed.filter(({ candidate, models }) => candidate.apiKey !== undefined && models.length === 0);
  const found = describe(usable);
  if (usable.some(({ models }) => models.some(({ operations }) => operations === null)))
    return { ...found, notes: [...silent.map(silentNote), ...found.notes] };
  const simulator = simulatorDiscovery();
  return {
    providers: [...found.providers, ...simulator.providers],
    models: [...found.models, ...simulator.models],
    notes: [
      ...silent.map(silentNote),
      ...found.notes,
      ...(silent.length > 0 || usable.length > 0 ? [SIMULATOR_INSTEAD] : simulator.notes),
    ],
  };
}

const SIMULATOR_INSTEAD = 'Chats are answered by the built-in simulator, not by a model.';

const silentNote = ({ candidate }: Found): string =>
  `${candidate.found} at ${candidate.baseUrl} did not tell its models and is left out; name them in relay.yaml.`;

async function probe(candidate: Candidate, timeoutMs: number): Promise<Found> {
  const { baseUrl, apiKey, headers } = candidate;
  const bearer: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  const names = await listModels(baseUrl, headers ?? bearer, timeoutMs);
  const servable = servableBy({ kind: candidate.kind });
  const models = (names ?? candidate.staticModels)
    .map((name): FoundModel => ({ name, operations: operationsByName(name, servable) }))
    .filter(({ operations }) => operations?.length !== 0);
  return { candidate, models, listed: names !== null };
}

function describe(found: readonly Found[]): Discovery {
  const models = new Map<string, ModelInput>();
  for (const { candidate, models: named } of found) {
    for (const model of named) addModel(models, candidate.id, model);
  }
  return {
    providers: found.map(({ candidate }) => providerOf(candidate)),
    models: [...models.values()],
    notes: found.map(note),
  };
}

/** Two providers may serve a model of the same name: the second gets its provider's name in front. */
function addModel(models: Map<string, ModelInput>, provider: string, { name, operations }: FoundModel): void {
  const id = models.has(name) ? `${provider}/${name}` : name;
  const purpose = operations === null ? {} : { operations: [...operations] };
  models.set(id, { id, tier: guessTier(name), targets: [{ provider, model: name }], ...purpose });
}

function providerOf({ id, kind, baseUrl, apiKey }: Candidate): ProviderInput {
  return { id, kind, baseUrl, ...(apiKey === undefined ? {} : { apiKey }) };
}

function note({ candidate, models, listed }: Found): string {
  const names = models.map(({ name }) => name);
  const shown = names.slice(0, 3).join(', ') + (models.length > 3 ? ', …' : '');
  const count = models.length === 1 ? '1 model' : `${models.length} models`;
  return `${candidate.found}: ${count} (${shown})${listed ? '' : ', a short list, because it did not tell its own'}`;
}
