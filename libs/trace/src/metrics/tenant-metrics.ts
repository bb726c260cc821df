import { Counter, type Registry } from 'prom-client';
import type { TraceRecord } from '../domain/trace-record';
import { LabelBound } from './label-bound';

/** The tenants that ask first have names of their own; the rest is told as `other`. */
export const MAX_TENANTS = 500;

interface TenantSums {
  readonly tenant: string;
  readonly requests: Record<TraceRecord['status'], number>;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  savedUsd: number;
}

/** What tenants asked for and what it cost, as plain sums until somebody scrapes. Exact money is in the traces: these are for graphs. */
export class TenantMetrics {
  private readonly sums = new Map<string | null, TenantSums>();
  private readonly labels = new LabelBound(MAX_TENANTS);

  constructor(private readonly registry: Registry) {
    this.counter('relay_tenant_requests_total', 'Requests of a tenant, by what became of them', 'status', (sums) =>
      Object.entries(sums.requests),
    );
    this.counter('relay_tenant_tokens_total', 'Tokens of a tenant by direction', 'gen_ai_token_type', (sums) => [
      ['input', sums.inputTokens],
      ['output', sums.outputTokens],
    ]);
    this.counter('relay_tenant_cost_usd_total', 'What upstream calls of a tenant cost', null, ({ costUsd }) => [
      ['', costUsd],
    ]);
    this.counter(
      'relay_tenant_saved_usd_total',
      'What cache hits of a tenant would have cost',
      null,
      ({ savedUsd }) => [['', savedUsd]],
    );
  }

  observe(record: TraceRecord): void {
    const sums = this.sums.get(record.tenant) ?? this.admit(record.tenant);
    sums.requests[record.status]++;
    sums.inputTokens += record.inputTokens ?? 0;
    sums.outputTokens += record.outputTokens ?? 0;
    if (record.costUsd !== null) sums.costUsd += Number(record.costUsd);
    if (record.savedUsd !== null) sums.savedUsd += Number(record.savedUsd);
  }

  /** Those beyond the bound are not remembered: they are told apart from the named ones by not being found. */
  private admit(id: string | null): TenantSums {
    const tenant = this.labels.of(id);
    const key = tenant === 'other' ? 'other' : id;
    const known = this.sums.get(key);
    if (known) return known;
    const requests = { ok: 0, error: 0, rejected: 0, aborted: 0 };
    const sums = { tenant, requests, inputTokens: 0, outputTokens: 0, costUsd: 0, savedUsd: 0 };
    this.sums.set(key, sums);
    return sums;
  }

  /** `label`: what tells the values of one tenant apart; null where there is one. */
  private counter(
    name: string,
    help: string,
    label: string | null,
    read: (sums: TenantSums) => readonly (readonly [string, number])[],
  ): void {
    const all = this.sums;
    new Counter({
      name,
      help,
      labelNames: label === null ? ['tenant'] : ['tenant', label],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const sums of all.values()) {
          for (const [value, count] of read(sums)) {
            this.inc(label === null ? { tenant: sums.tenant } : { tenant: sums.tenant, [label]: value }, count);
          }
        }
      },
    });
  }
}
