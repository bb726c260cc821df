import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigStore, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema, type ExplainReply } from '@relay/contracts';
import { parse } from 'yaml';
import { readable } from '../test/golden/readable';
import { REQUESTS, TENANTS } from '../test/golden/requests';
import { AT } from '../test/policy-fixtures';
import { PolicyService } from './policy.service';

const FOLDER = path.resolve(__dirname, '../test/golden');
/** `UPDATE_GOLDEN=1 npx jest libs/policy/src/golden` writes the files anew: read what changed before it is committed. */
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

function serviceOfFile(): PolicyService {
  const { policy, ...rest } = parse(readFileSync(path.join(FOLDER, 'relay.yaml'), 'utf8')) as Record<string, unknown>;
  const config = { ...relayConfigSchema.parse(rest), policy: policyDocumentSchema.parse(policy) };
  return new PolicyService(new ConfigStore(config, 'relay.yaml'));
}

describe('the reference policy', () => {
  let service: PolicyService;
  beforeAll(async () => {
    service = serviceOfFile();
    await service.onModuleInit();
    if (UPDATE) mkdirSync(path.join(FOLDER, 'expected'), { recursive: true });
  });

  async function explain(request: string, tenant: string): Promise<ExplainReply> {
    const { body, headers = { tags: [] } } = REQUESTS[request] ?? {};
    const profile = TENANTS[tenant];
    if (!body || !profile) throw new Error('no such request or tenant');
    const principal = { tenant: profile, keyId: 'key-1', keyName: 'ci', scopes: ['inference'] };
    const bodyBytes = Buffer.byteLength(JSON.stringify(body));
    const explained = await service.explain({
      operation: 'chat',
      body,
      bodyBytes,
      headers,
      principal,
      at: AT,
      seed: 0,
    });
    if (!explained.ok) throw explained.error;
    return explained.value;
  }

  it.each(Object.keys(REQUESTS))('plans %s for three tenants as written down', async (request) => {
    const parts: string[] = [];
    for (const tenant of Object.keys(TENANTS))
      parts.push(`== ${request} for ${tenant}\n${readable(await explain(request, tenant))}\n`);
    const text = parts.join('\n');
    const file = path.join(FOLDER, 'expected', `${request}.txt`);
    if (UPDATE) writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });

  it('keeps the data of the bank in its region, whatever is asked', async () => {
    for (const request of Object.keys(REQUESTS)) {
      const { candidates } = await explain(request, 'bank');
      const providers = candidates.map(({ provider }) => provider);
      expect(new Set(providers)).toEqual(new Set(['frankfurt']));
    }
  });

  it('refuses what looks like an attack to who does not pay, and marks it for the others', async () => {
    const actionFor = async (tenant: string) => (await explain('high-risk', tenant)).plan.guards.injection.action;
    expect(await Promise.all(['hobby', 'shop', 'bank'].map(actionFor))).toEqual(['block', 'tag', 'tag']);
  });
});
