import 'reflect-metadata';
import { ConfigStore, type RelayConfig } from '@relay/config';
import type { ExplainReply } from '@relay/contracts';
import type { RelayError, Result } from '@relay/core';
import { bodyOf, configOf, documentOf, MODELS, requestOf } from '../test/policy-fixtures';
import { PolicyService } from './policy.service';

const GERMAN = 'Bitte fassen Sie den folgenden Vertrag in drei kurzen Sätzen zusammen.';
const byLanguage = { id: 'german', when: 'features.language == "de"', then: { serviceLevel: 'batch' } };
const polyglots = MODELS.map((model) => ({ ...model, capabilities: { general: 0.5, 'language:de': 0.9 } }));

const serviceOf = (config: RelayConfig): PolicyService => new PolicyService(new ConfigStore(config, 'relay.yaml'));
const germanTo = (model: string) =>
  requestOf({ body: bodyOf({ model, messages: [{ role: 'user', content: GERMAN }] }) });

function languageServed(service: PolicyService, model = 'auto'): unknown {
  const planned = service.plan(germanTo(model));
  if (!planned.ok) throw planned.error;
  return planned.value.features['features.language'];
}

function explainedLevel(explained: Result<ExplainReply, RelayError>): string {
  if (!explained.ok) throw explained.error;
  return explained.value.plan.serviceLevel;
}

describe('what a policy wants to know of prompts', () => {
  it('is loaded before the first request, for auto:best as well, which looks at languages whatever the policy', async () => {
    const service = serviceOf(configOf({}, polyglots));
    await service.onModuleInit();
    expect(languageServed(service, 'auto:best')).toBe('de');
  });

  it('is loaded before a plan is explained', async () => {
    const service = serviceOf(configOf({ rules: [byLanguage] }));
    expect(explainedLevel(await service.explain(germanTo('auto')))).toBe('batch');
  });

  it('is loaded before a plan by another document is explained', async () => {
    const service = serviceOf(configOf());
    await service.onModuleInit();
    const explained = await service.explainWith(documentOf({ rules: [byLanguage] }), germanTo('auto'));
    if (!explained.ok) throw new Error(JSON.stringify(explained.error));
    expect(explainedLevel(explained.value)).toBe('batch');
  });

  it('is loaded before a version of the database is in force', async () => {
    const service = serviceOf(configOf());
    await service.onModuleInit();
    expect(await service.override(documentOf({ version: 2, rules: [byLanguage] }))).toEqual([]);
    expect(languageServed(service)).toBe('de');
  });

  it('is loaded for the file again when no version of the database is in force any more', async () => {
    const store = new ConfigStore(configOf(), 'relay.yaml');
    const service = new PolicyService(store);
    await service.override(documentOf({ version: 2 }));
    expect(store.replace(configOf({ version: 3, rules: [byLanguage] }))).toEqual([]);
    await service.override(null);
    expect(languageServed(service)).toBe('de');
  });
});
