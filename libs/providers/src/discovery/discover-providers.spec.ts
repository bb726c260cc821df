import { relayConfigSchema } from '@relay/config';
import { OPERATIONS } from '@relay/contracts';
import { jsonReply, neverAnswer, ScriptedUpstream, errorReply } from '@relay/testing';
import { anthropicCandidate, googleCandidate, ollamaOrigin } from './candidates';
import { discoverProviders } from './discover-providers';
import { listModels } from './list-models';
import { guessTier, operationsByName } from './model-names';

const NOBODY = 'http://127.0.0.1:1'; // nothing listens on port 1
const TIMEOUT_MS = 10_000; // none of these upstreams keeps one waiting; those that do are asked for 100 ms

describe('discoverProviders', () => {
  let upstream: ScriptedUpstream;
  beforeEach(async () => void (upstream = await ScriptedUpstream.start()));
  afterEach(() => upstream.close());

  const models = (...ids: string[]) => jsonReply({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });

  it('falls back to the simulator, with a model of each tier that costs nothing', async () => {
    const found = await discoverProviders({ OLLAMA_HOST: NOBODY }, TIMEOUT_MS);
    expect(found.providers).toEqual([{ id: 'simulator', kind: 'simulator' }]);
    const config = relayConfigSchema.parse({ providers: found.providers, models: found.models });
    expect(config.models.map(({ id, tier }) => [id, tier])).toEqual([
      ['sim-small', 'basic'],
      ['sim-medium', 'standard'],
      ['sim-large', 'advanced'],
    ]);
    expect(config.models.every(({ price }) => price?.inputPerMTok === 0 && price.outputPerMTok === 0)).toBe(true);
    expect(found.notes.join()).toContain('simulator');
  });

  it('asks an OpenAI-compatible server for its models, with its key, and takes those that can be asked, for what they are', async () => {
    upstream.enqueue(models('gpt-5-mini', 'text-embedding-3-small', 'whisper-1', 'bad id!', 'o3', 'sora-2'));
    const env = { OPENAI_API_KEY: 'k-123', OPENAI_BASE_URL: upstream.baseUrl, OLLAMA_HOST: NOBODY };
    const found = await discoverProviders(env, TIMEOUT_MS);
    expect(upstream.requests[0]).toMatchObject({ path: '/v1/models', headers: { authorization: 'Bearer k-123' } });
    expect(found.providers).toEqual([{ id: 'openai', kind: 'openai', baseUrl: upstream.baseUrl, apiKey: 'k-123' }]);
    expect(found.models.map(({ id, tier, operations }) => [id, tier, operations])).toEqual([
      ['gpt-5-mini', 'basic', undefined],
      ['text-embedding-3-small', 'basic', ['embeddings']],
      ['whisper-1', 'standard', ['audio.transcriptions', 'audio.translations']],
      ['o3', 'advanced', undefined],
    ]);
    expect(found.notes.join()).not.toContain('k-123');
    relayConfigSchema.parse({ providers: found.providers, models: found.models });
  });

  it('finds an Ollama on this machine, without a key', async () => {
    upstream.enqueue(models('llama3.2:3b', 'nomic-embed-text'));
    const found = await discoverProviders({ OLLAMA_HOST: upstream.origin }, TIMEOUT_MS);
    expect(found.providers).toEqual([{ id: 'ollama', kind: 'ollama', baseUrl: upstream.baseUrl }]);
    expect(found.models.map(({ id, operations }) => [id, operations])).toEqual([
      ['llama3.2:3b', undefined],
      ['nomic-embed-text', ['embeddings']],
    ]);
  });

  it('keeps the simulator beside those that do not chat', async () => {
    upstream.enqueue(models('nomic-embed-text'));
    const found = await discoverProviders({ OLLAMA_HOST: upstream.origin }, TIMEOUT_MS);
    expect(found.providers.map(({ id }) => id)).toEqual(['ollama', 'simulator']);
    expect(found.models.map(({ id }) => id)).toEqual(['nomic-embed-text', 'sim-small', 'sim-medium', 'sim-large']);
    expect(found.notes.join()).toContain('simulator');
  });

  it('knows Anthropic and Gemini by their keys, and asks them for their models as they want to be asked', async () => {
    const env = { ANTHROPIC_API_KEY: 'k-1', GOOGLE_GENERATIVE_AI_API_KEY: 'k-2' };
    expect(anthropicCandidate(env)).toMatchObject({
      kind: 'anthropic',
      apiKey: 'k-1',
      headers: { 'x-api-key': 'k-1' },
    });
    const google = googleCandidate(env);
    expect(google).toMatchObject({ kind: 'google', apiKey: 'k-2' });
    expect(googleCandidate({ ...env, GEMINI_API_KEY: 'k-3' })?.apiKey).toBe('k-3');
    upstream.enqueue(
      jsonReply({
        models: [
          { name: 'models/gemini-2.5-pro', supportedGenerationMethods: ['generateContent'] },
          { name: 'models/embedding-001', supportedGenerationMethods: ['embedContent'] },
          { name: 'models/imagen-4', supportedGenerationMethods: ['predict'] },
        ],
      }),
    );
    expect(await listModels(upstream.baseUrl, google?.headers ?? {}, TIMEOUT_MS)).toEqual([
      'gemini-2.5-pro',
      'embedding-001',
    ]);
    expect(upstream.requests[0]?.headers).toMatchObject({ 'x-goog-api-key': 'k-2' });
  });

  it('keeps two models of one name apart', async () => {
    upstream.enqueue(models('same'), models('same'));
    const found = await discoverProviders(
      { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: upstream.baseUrl, OLLAMA_HOST: upstream.origin },
      TIMEOUT_MS,
    );
    expect(found.models.map(({ id }) => id)).toEqual(['same', 'ollama/same']);
  });

  it.each([
    ['refuses', errorReply(401, 'bad key')],
    ['does not answer', neverAnswer()],
  ])('does not wait for a server that %s, and says so', async (_name, script) => {
    upstream.enqueue(script);
    const found = await discoverProviders(
      { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: upstream.baseUrl, OLLAMA_HOST: NOBODY },
      100,
    );
    expect(found.providers).toEqual([{ id: 'simulator', kind: 'simulator' }]);
    expect(found.notes.join()).toContain('left out');
  });

  it.each([
    [undefined, 'http://127.0.0.1:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['box:9000', 'http://box:9000'],
    ['https://ollama.example', 'https://ollama.example'],
    ['::nonsense::', 'http://127.0.0.1:11434'],
  ])('reads OLLAMA_HOST %j as %s', (host, origin) => {
    expect(ollamaOrigin(host)).toBe(origin);
  });

  it('guesses tiers by size', () => {
    expect(
      ['qwen2.5:7b', 'llama-3.3-70b-versatile', 'openai/gpt-oss-20b', 'gpt-4o', 'gpt-4.1-nano', 'claude-opus-4'].map(
        guessTier,
      ),
    ).toEqual(['basic', 'advanced', 'standard', 'standard', 'basic', 'advanced']);
  });

  it.each([
    ['gpt-4.1', null],
    ['Qwen/Qwen2.5-7B-Instruct', null],
    ['text-embedding-3-small', ['embeddings']],
    ['bge-m3', ['embeddings']],
    ['gpt-image-1', ['images.generations', 'images.edits']],
    ['dall-e-3', ['images.generations']],
    ['gpt-4o-mini-tts', ['audio.speech']],
    ['gpt-4o-transcribe', ['audio.transcriptions']],
    ['whisper-large-v3-turbo', ['audio.transcriptions']],
    ['omni-moderation-latest', ['moderations']],
    ['gpt-4o-audio-preview', []],
    ['gpt-4o-mini-search-preview', []],
    ['gpt-3.5-turbo-instruct', []],
    ['bad id!', []],
  ])('takes %s to be for %j', (name, operations) => {
    expect(operationsByName(name, new Set(OPERATIONS))).toEqual(operations);
  });

  it('leaves out a model for what its provider cannot be asked', () => {
    expect(operationsByName('gemini-2.5-flash-preview-tts', new Set(['chat', 'embeddings']))).toEqual([]);
  });
});
