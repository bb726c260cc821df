import { policyDocumentSchema, type PolicyDocument } from '@relay/contracts';

/** In force when relay.yaml names no policy. */
export const DEFAULT_POLICY: PolicyDocument = policyDocumentSchema.parse({
  name: 'default',
  version: 1,
  description:
    'Serves what the app asks for, answers repeated requests from the exact cache, lets work tagged "batch" wait.',
  defaults: { cache: { exact: { enabled: true, ttl: '1h' } } },
  rules: [
    {
      id: 'batch-work-waits',
      description: 'Work tagged "batch" may wait behind people unless the app asked for another priority.',
      when: '"batch" in request.tags && request.priority == ""',
      then: { serviceLevel: 'batch', queue: { class: 'long' } },
    },
  ],
});
