import 'reflect-metadata';
import { ConfigInvalidError, ConfigStore } from '@relay/config';
import { explainReplySchema } from '@relay/contracts';
import { CLOCK } from '@relay/core';
import { FakeClock } from '@relay/testing';
import { getDataSourceToken } from '@nestjs/typeorm';
import { Global, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { bodyOf, configOf, requestOf } from '../test/policy-fixtures';
import { PolicyModule } from './policy.module';
import { PolicyService } from './policy.service';

const batch = { id: 'all-batch', when: 'true', then: { serviceLevel: 'batch' } };
const broken = { id: 'broken', when: 'features.nope == 1', then: {} };

function levelOf(service: PolicyService): string {
  const planned = service.plan(requestOf());
  return planned.ok ? planned.value.plan.serviceLevel : planned.error.code;
}

describe('the policy service', () => {
  it('is wired by its module', async () => {
    @Global()
    @Module({
      providers: [
        { provide: ConfigStore, useValue: new ConfigStore(configOf(), 'relay.yaml') },
        { provide: CLOCK, useValue: new FakeClock() },
        { provide: getDataSourceToken(), useValue: { query: () => Promise.resolve([]) } }, // nothing is published
      ],
      exports: [ConfigStore, CLOCK, getDataSourceToken()],
    })
    class GlobalsModule {}
    @Module({ imports: [GlobalsModule, PolicyModule] })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    expect(app.get(PolicyService).current.label).toBe('test@1');
    await app.close();
  });

  it('plans by the new policy as soon as the configuration is replaced', () => {
    const store = new ConfigStore(configOf(), 'relay.yaml');
    const service = new PolicyService(store);
    expect(levelOf(service)).toBe('standard');
    expect(store.replace(configOf({ version: 2, rules: [batch] }))).toEqual([]);
    expect(levelOf(service)).toBe('batch');
    expect(service.current.label).toBe('test@2');
  });

  it('tells of each change whether anything is looked up by meaning now', async () => {
    const byMeaning = { ...batch, then: { cache: { semantic: { mode: 'shadow' } } } };
    const store = new ConfigStore(configOf(), 'relay.yaml');
    const service = new PolicyService(store);
    const told: boolean[] = [];
    service.onChange(() => told.push(service.looksUpByMeaning));
    store.replace(configOf({ version: 2, tenants: { acme: { rules: [byMeaning] } } }));
    expect(service.looksUpByMeaning).toBe(true);
    await service.override(configOf({ version: 3 }).policy);
    const draw = { id: 'c', share: 0.5, unit: 'request' } as never;
    await service.tryOut({ document: configOf({ version: 4, rules: [byMeaning] }).policy, draw });
    await service.tryOut(null);
    expect(told).toEqual([true, false, true, false]);
  });

  it('refuses a bad document and keeps the old one in force', () => {
    const store = new ConfigStore(configOf({ rules: [batch] }), 'relay.yaml');
    const service = new PolicyService(store);
    const problems = store.replace(configOf({ version: 2, rules: [broken] }));
    expect(problems).toEqual([expect.objectContaining({ file: 'relay.yaml', path: 'policy.rules[0].when' })]);
    expect(service.current.label).toBe('test@1');
    expect(levelOf(service)).toBe('batch');
  });

  it('does not start on a bad document', () => {
    const store = new ConfigStore(configOf({ rules: [broken] }), 'relay.yaml');
    expect(() => new PolicyService(store)).toThrow(ConfigInvalidError);
  });

  it('counts conditions that cannot be evaluated and logs each rule once', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const failing = { id: 'failing', when: '1 / features.images == 1', then: {} };
    const service = new PolicyService(new ConfigStore(configOf({ rules: [failing, batch] }), 'relay.yaml'));
    for (let i = 0; i < 3; i++) expect(levelOf(service)).toBe('batch');
    expect(service.conditionFailures.get('failing')).toBe(3);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it('explains with the same plan that it would serve by', async () => {
    const service = new PolicyService(new ConfigStore(configOf({ rules: [batch] }), 'relay.yaml'));
    const request = requestOf({ body: bodyOf({ model: 'spread' }), seed: 7 });
    const explained = await service.explain(request);
    const planned = service.plan(request);
    if (!explained.ok || !planned.ok) throw new Error('was refused');
    expect(explainReplySchema.parse(explained.value)).toEqual(explained.value);
    expect(explained.value).toMatchObject({ policy: 'test@1', signature: planned.value.document.signature });
    expect(explained.value.plan).toEqual(planned.value.plan);
    expect(explained.value.decisions.map((decision) => decision.rule)).toEqual([
      'model',
      'queue',
      'defaults',
      'all-batch',
      'ranking',
    ]);
    expect(explained.value.features['features.inputTokens']).toBe(8); // one of text, four around the message, three before the answer;
  });

  it('hands out plans that nobody can change for others', () => {
    const service = new PolicyService(new ConfigStore(configOf(), 'relay.yaml'));
    const planned = service.plan(requestOf());
    if (!planned.ok) throw planned.error;
    expect(() => planned.value.plan.route.candidates.pop()).toThrow(TypeError);
    expect(() => Object.assign(planned.value.plan.cache.exact, { ttlMs: 1 })).toThrow(TypeError);
  });
});
