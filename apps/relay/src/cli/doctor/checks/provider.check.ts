import { kindOf, type ProviderConfig, type RelayConfig } from '@relay/config';
import { publicBaseUrl } from '@relay/providers';
import { failure, ok, skipped, warning, type Finding } from '../finding';
import { networkReason } from '../network-reason';

const TIMEOUT_MS = 5_000;
/** Of a list of models; no provider's is longer. */
const MAX_LIST_BYTES = 8_388_608;
/** What is asked with the provider's own key, beside the header that carries it. */
const MORE_HEADERS: Readonly<Partial<Record<ProviderConfig['kind'], Readonly<Record<string, string>>>>> = {
  anthropic: { 'anthropic-version': '2023-06-01' },
};
/** Kinds whose list of models is elsewhere, or signed for: only that they answer is looked at. */
const WITHOUT_LIST: ReadonlySet<ProviderConfig['kind']> = new Set(['azure', 'bedrock', 'cohere']);

/** Every configured provider: does it answer, does it take the key, does it have the models. All at once. */
export function checkProviders(config: RelayConfig): Promise<Finding[]> {
  return Promise.all(config.providers.map((provider) => checkProvider(provider, modelsOf(config, provider.id))));
}

const modelsOf = ({ models }: RelayConfig, provider: string): string[] =>
  models.flatMap(({ targets }) => targets.filter((target) => target.provider === provider).map(({ model }) => model));

async function checkProvider(provider: ProviderConfig, models: readonly string[]): Promise<Finding> {
  const check = `provider ${provider.id}`;
  const baseUrl = publicBaseUrl(provider);
  if (provider.kind === 'simulator') return ok(check, 'the simulator: made-up answers');
  if (baseUrl === null) return skipped(check, `where ${provider.kind} is depends on the region`);
  if (provider.proxy !== undefined && provider.proxy !== 'none') return skipped(check, 'it is behind a proxy');
  if (provider.tls !== undefined) return skipped(check, 'it has certificates of its own');
  try {
    const reply = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
      headers: headersOf(provider),
      redirect: 'manual', // a key goes where it was meant to
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return await judge(check, provider, models, reply);
  } catch (error) {
    return failure(
      check,
      `${new URL(baseUrl).host} does not answer: ${networkReason(error)}`,
      'see baseUrl, the network and proxies',
    );
  }
}

function headersOf(provider: ProviderConfig): Record<string, string> {
  const key = provider.apiKey ?? provider.apiKeys?.[0]?.value;
  const name = provider.kind === 'google' ? 'x-goog-api-key' : (kindOf(provider.kind).keyHeader ?? 'authorization');
  const own = key === undefined ? {} : { [name]: name === 'authorization' ? `Bearer ${key}` : key };
  return { ...MORE_HEADERS[provider.kind], ...own, ...provider.headers };
}

async function judge(
  check: string,
  { kind }: ProviderConfig,
  models: readonly string[],
  reply: Response,
): Promise<Finding> {
  const { status } = reply;
  const listed = reply.ok ? await modelNames(reply) : null;
  await reply.body?.cancel().catch(() => undefined);
  if (WITHOUT_LIST.has(kind)) return ok(check, 'answers; its models and its key are not looked at');
  if (status === 401 || status === 403) return failure(check, `refuses the key (${status})`, 'set another apiKey');
  if (status === 429) return warning(check, 'answers, and has no room for more (429)', 'see its rate limits');
  if (status >= 500) return warning(check, `answers with ${status}`, 'it is in trouble; see its status page');
  if (listed === null) return ok(check, `answers, without a list of models (${status})`);
  const missing = [...new Set(models)].filter((model) => !listed.has(model));
  return missing.length === 0
    ? ok(check, `${listed.size} models, those of relay.yaml among them`)
    : warning(
        check,
        `does not list ${missing.join(', ')}`,
        'see targets of `models`; some providers list not all they have',
      );
}

async function modelNames(reply: Response): Promise<Set<string> | null> {
  if (Number(reply.headers.get('content-length') ?? 0) > MAX_LIST_BYTES) return null;
  try {
    const body = (await reply.json()) as { data?: unknown; models?: unknown } | null;
    const list = body?.data ?? body?.models;
    if (!Array.isArray(list)) return null;
    return new Set((list as { id?: unknown; name?: unknown }[]).map(({ id, name }) => nameOf(id ?? name)));
  } catch {
    return null;
  }
}

const nameOf = (name: unknown): string => (typeof name === 'string' ? name.replace(/^models\//, '') : '');
