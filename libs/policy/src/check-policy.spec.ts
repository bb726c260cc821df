import { policyDocumentSchema } from '@relay/contracts';
import { configOf } from '../test/policy-fixtures';
import { checkPolicy } from './check-policy';

describe('checking a policy before the relay is put together', () => {
  const document = policyDocumentSchema.parse({
    name: 'p',
    version: 1,
    rules: [
      { id: 'bad', when: 'features.turnz > 1', then: {} },
      {
        id: 'route',
        when: 'true',
        then: { route: { candidates: ['nobody'], fallbacks: ['no-one'], regions: ['moon'], providers: ['none'] } },
      },
    ],
  });

  it('finds conditions that do not compile, without knowing the models', () => {
    expect(checkPolicy(document, null).map(({ path }) => path)).toEqual(['policy.rules[0].when']);
  });

  it('finds the names that nobody has where the models are known', () => {
    expect(checkPolicy(document, configOf()).map(({ path }) => path)).toEqual([
      'policy.rules[0].when',
      'policy.rules[1].then.route.candidates[0]',
      'policy.rules[1].then.route.fallbacks[0]',
      'policy.rules[1].then.route.providers[0]',
      'policy.rules[1].then.route.regions[0]',
    ]);
  });
});
