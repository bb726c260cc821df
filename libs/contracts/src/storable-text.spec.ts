import { alertRuleSchema } from './alert-api.schema';
import { shownText } from './storable-text';
import { createApiKeySchema, createTenantSchema, updateTenantSchema } from './tenant-api.schema';

describe('a text that is shown', () => {
  it.each(['a\u001b[31m', 'a\n', 'a\u0085', 'a\0', 'a\ud83d', ''])('is not %j', (text) => {
    expect(shownText(64).safeParse(text).success).toBe(false);
  });

  it('is any other, as far as there is room', () => {
    expect(shownText(6).parse('é 😀 x')).toBe('é 😀 x');
    expect(shownText(3).safeParse('abcd').success).toBe(false);
  });

  it('is what models and the scope of alerts have to be', () => {
    const models = ['gpt\u001b[2J'];
    expect(createTenantSchema.safeParse({ id: 'acme', models }).success).toBe(false);
    expect(updateTenantSchema.safeParse({ models }).success).toBe(false);
    expect(createApiKeySchema.safeParse({ name: 'app', models }).success).toBe(false);
    const rule = { id: 'slow', kind: 'latency-p95', threshold: 1 };
    expect(alertRuleSchema.safeParse({ ...rule, scope: { model: 'gpt' } }).success).toBe(true);
    expect(alertRuleSchema.safeParse({ ...rule, scope: { model: models[0] } }).success).toBe(false);
  });
});
