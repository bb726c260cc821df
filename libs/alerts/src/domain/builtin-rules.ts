import { type AlertRuleInput, alertRuleSchema } from '@relay/contracts';

/** Watched without being asked; they tell no channel, and a rule of the same id takes their place. */
export const BUILTIN_RULES: readonly AlertRuleInput[] = [
  { id: 'error-rate', kind: 'error-rate', forMs: 60_000, severity: 'critical' },
  { id: 'latency', kind: 'latency-p95', forMs: 300_000 },
  { id: 'time-to-first-token', kind: 'ttft-p95', forMs: 300_000 },
  { id: 'hit-rate', kind: 'hit-rate-drop', severity: 'info' },
  { id: 'quality', kind: 'quality-drop' },
  { id: 'providers', kind: 'provider-down', forMs: 60_000, severity: 'critical' },
  { id: 'budgets', kind: 'budget' },
  { id: 'spend', kind: 'spend-rate' },
  { id: 'queue-wait', kind: 'queue-wait', forMs: 120_000 },
  { id: 'trace-spool', kind: 'spool-backlog', forMs: 120_000, severity: 'critical' },
  { id: 'canaries', kind: 'canary-stopped' },
].map((rule) => alertRuleSchema.parse(rule));
