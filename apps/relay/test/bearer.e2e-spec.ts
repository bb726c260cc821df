import { ScriptedUpstream, TokenIssuer } from '@relay/testing';
import type { JWTPayload } from 'jose';
import OpenAI from 'openai';
import { RelayProcess } from './relay-process';
import { ACME_KEY, testConfig } from './test-config';

const now = (): number => Math.floor(Date.now() / 1_000);

describe('the data plane with tokens of another issuer', () => {
  let issuer: TokenIssuer;
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  beforeAll(async () => {
    [issuer, upstream] = [await TokenIssuer.start(), await ScriptedUpstream.start()];
    const bearer = [{ issuer: issuer.url, audience: 'llm', modelsClaim: 'models' }]; // its keys are found by its configuration
    relay = await RelayProcess.start({ config: { ...testConfig(upstream), auth: { bearer } } });
  });
  afterAll(async () => {
    await relay?.close();
    await upstream?.close();
    await issuer?.close();
  });

  const token = (claims: JWTPayload = {}): Promise<string> =>
    issuer.sign({ aud: 'llm', sub: 'app-7', tenant: 'acme', models: ['small'], exp: now() + 300, ...claims });
  const ask = (client: OpenAI, model = 'small') =>
    client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] });
  async function refusalOf(apiKey: string, headers: Record<string, string> = {}): Promise<unknown> {
    const client = new OpenAI({ apiKey, baseURL: `${relay.url}/v1`, maxRetries: 0, defaultHeaders: headers });
    const failure: unknown = await ask(client).then(
      () => 'answered',
      (error: unknown) => error,
    );
    return failure instanceof OpenAI.APIError ? [failure.status, failure.code] : failure;
  }

  it('answers the client whose key is one, and traces it under its subject', async () => {
    const reply = await ask(relay.openai(await token()));
    expect(reply.choices[0]?.message.content).toBeTruthy();
    const client = await relay.admin();
    let [row] = await client.traces('tenant=acme');
    while (row === undefined) [row] = await client.traces('tenant=acme'); // stored within a moment
    expect(row).toMatchObject({ tenant: 'acme', status: 'ok', keyId: expect.stringMatching(/^jwt:.{8}:app-7$/) });
  });

  it('lists the models that it names', async () => {
    const names = async (claims: JWTPayload): Promise<string[]> => {
      const { data } = await relay.openai(await token(claims)).models.list();
      return data.map(({ id }) => id);
    };
    expect(await names({})).toContain('small');
    expect(await names({ models: [] })).not.toContain('small');
    expect(await refusalOf(await token({ models: ['other'] }))).toEqual([404, 'model_not_found']);
  });

  it('refuses all others in one way', async () => {
    const [head, body] = (await token()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const wrong = [
      `${none}.${body}.`,
      `${head}.${body}.AAAA`,
      await token({ aud: 'others' }),
      await token({ tenant: 'nobody' }),
      await token({ exp: now() - 60 }),
      await token({ iss: 'https://others.example' }),
    ];
    for (const bearer of wrong) expect(await refusalOf(bearer)).toEqual([401, 'invalid_api_key']);
  });

  it('lets it name no other tenant, and keys go on as ever', async () => {
    expect(await refusalOf(await token(), { 'x-tenant-id': 'globex' })).toEqual([403, 'tenant_forbidden']);
    expect(await refusalOf(await token(), { 'x-tenant-id': 'acme' })).toBe('answered');
    expect(await refusalOf(ACME_KEY)).toBe('answered');
  });

  it('goes on with those that it knows while the issuer is away', async () => {
    const known = await token();
    await ask(relay.openai(known));
    issuer.outage = 'error';
    expect(await refusalOf(known)).toBe('answered');
  });
});
