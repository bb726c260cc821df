import type { Principal } from '@relay/core';
import type { Clock } from '@relay/core';
import type { DataSource } from 'typeorm';
import { FeedbackLedger } from '../src/feedback/feedback-ledger';
import { FeedbackService } from '../src/feedback/feedback.service';
import { FeedbackStore } from '../src/feedback/feedback-store';
import type { FinishedRequests } from '../src/feedback/finished-requests';

/** Feedback as one process takes it, put together by hand as trace.module.ts does it. */
export function feedbackKit(dataSource: DataSource, finished: FinishedRequests, clock: Clock) {
  const store = new FeedbackStore(dataSource);
  const ledger = new FeedbackLedger(store, clock);
  return { store, ledger, service: new FeedbackService(finished, store, ledger, clock) };
}

export const principalOf = (tenant: string, keyId = `key-of-${tenant}`): Principal => ({
  tenant: { id: tenant, weight: 1, tier: 'standard', tags: [], limits: {}, models: null },
  keyId,
  keyName: 'ci',
  scopes: ['inference'],
});
