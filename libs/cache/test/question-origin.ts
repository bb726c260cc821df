import type { QuestionOrigin } from '../src/semantic/judges/model-asker.port';

/** A plain key of the tenant acme, whose data may go anywhere. */
export const ORIGIN: QuestionOrigin = {
  principal: {
    tenant: { id: 'acme', weight: 1, tier: 'standard', tags: [], limits: {}, models: null },
    keyId: 'key-1',
    keyName: 'ci',
    scopes: ['inference'],
  },
  headers: {},
  regions: null,
  providers: null,
};
