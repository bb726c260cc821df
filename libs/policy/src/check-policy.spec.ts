import { policyDocumentSchema } from '@relay/contracts';
import { checkPolicy } from './check-policy';

describe('checking a policy before the relay is put together', () => {
  const document = policyDocumentSchema.parse({
    name: 'p',
    version: 1,
    rules: [
      { id: 'bad', when: 'features.turnz > 1', then: {} },
      { id: 'route', when: 'true', then: { route: { candidates: ['nobody'] } } },
    ],
  });

  it('finds conditions that do not compile, without knowing the models', () => {
    expect(checkPolicy(document, null).map(({ path }) => path)).toEqual(['policy.rules[0].when']);
  });
});
