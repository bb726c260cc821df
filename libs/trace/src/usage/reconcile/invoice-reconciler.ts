import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { ReconcileDifference, ReconcileInvoice, ReconcileSide, Reconciliation } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result, within } from '@relay/core';
import { DataSource } from 'typeorm';
import { TraceRecorder } from '../../trace.recorder';
import { formatUsd, parseUsd } from './exact-usd';
import { type InvoiceLine, readInvoice } from './read-invoice';

const DAY_MS = 86_400_000;
/** Traces are kept no longer than most of this by anybody who reconciles monthly. */
const MAX_DAYS = 100;
const MAX_GROUPS = 5_000;
const READ_YOUR_WRITES_MS = 250;
/** Behind a name: the version that a provider bills, where apps ask without one. */
const VERSION = /-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest)$/;

/**
 * What calls of a provider took, by UTC day and its name of the model. A request that made several calls is split by what each cost; what is left
 * of its cost (what the relay counted itself) is the last call's.
 */
const TRACES_SQL = `
  SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, lower(call_model) AS model, count(*)::int8 AS requests,
    coalesce(sum(coalesce(call_input, CASE WHEN calls = 1 THEN input_tokens END)), 0) AS input_tokens,
    coalesce(sum(coalesce(call_output, CASE WHEN calls = 1 THEN output_tokens END)), 0) AS output_tokens,
    coalesce(sum(coalesce(call_usd, 0) + CASE WHEN nth = calls THEN coalesce(cost_usd, 0) - told ELSE 0 END), 0) AS usd,
    count(*) FILTER (WHERE cost_usd IS NULL AND (input_tokens > 0 OR output_tokens > 0)) AS unpriced
  FROM (
    SELECT trace.at, trace.cost_usd, trace.input_tokens, trace.output_tokens, made.*,
      count(*) OVER of_trace AS calls, coalesce(sum(call_usd) OVER of_trace, 0) AS told
    FROM request_traces trace CROSS JOIN LATERAL (
      SELECT nth, call->>0 AS call_provider, call->>1 AS call_model, call->>2 AS outcome, (call->>6)::int8 AS call_input,
        (call->>7)::int8 AS call_output, (call->>8)::numeric AS call_usd
      FROM json_array_elements(trace.detail::json->'a') WITH ORDINALITY AS packed(call, nth)
      UNION ALL
      SELECT nth, call->>'provider', call->>'model', call->>'outcome', (call->>'inputTokens')::int8,
        (call->>'outputTokens')::int8, (call->>'costUsd')::numeric
      FROM jsonb_array_elements(trace.attempts) WITH ORDINALITY AS plain(call, nth) WHERE trace.detail IS NULL
    ) AS made
    WHERE trace.at >= $1::timestamptz AND trace.at < $2::timestamptz AND trace.cache IN ('miss', 'bypass')
    WINDOW of_trace AS (PARTITION BY trace.at, trace.id)
  ) AS billed
  WHERE call_provider = $3 AND (outcome = 'ok' OR call_usd IS NOT NULL OR (nth = calls AND cost_usd IS NOT NULL))
  GROUP BY 1, 2`;

interface TraceGroup {
  readonly day: string;
  readonly model: string | null;
  readonly requests: string;
  readonly input_tokens: string;
  readonly output_tokens: string;
  readonly usd: string;
  readonly unpriced: string;
}

interface Sums {
  requests: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
  usd: bigint;
}

interface Group {
  readonly day: string | null;
  readonly model: string | null;
  invoice: Sums | null;
  traces: Sums | null;
}

/** Compares the invoice of a provider with the traces of its calls, to the last digit. */
@Injectable()
export class InvoiceReconciler {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Error: `invalid_request` for a window or a file that cannot be read. */
  async reconcile(asked: ReconcileInvoice): Promise<Result<Reconciliation, RelayError>> {
    const [from, to] = [Date.parse(asked.from), Date.parse(asked.to)];
    if (from >= to || to - from > MAX_DAYS * DAY_MS)
      return err(refused('from', `from: is not before to, or more than ${MAX_DAYS} days before it.`));
    if (asked.currency.toUpperCase() !== 'USD')
      return err(
        refused(
          'currency',
          `currency: is "${asked.currency}"; allowed: USD, which traces are kept in. Convert the file first.`,
        ),
      );
    const invoice = readInvoice(asked);
    if (!invoice.ok) return invoice;
    await within(this.clock, READ_YOUR_WRITES_MS, this.recorder.flush());
    const traces: TraceGroup[] = await this.dataSource.query(TRACES_SQL, [
      new Date(from),
      new Date(to),
      asked.provider,
    ]);
    const { shape, lines } = invoice.value;
    const [first, last] = [isoDay(from), isoDay(to - 1)];
    const inWindow = lines.filter(({ day }) => day === null || (day >= first && day <= last));
    const groups = groupsOf(asked.groupBy, inWindow, traces);
    const differences = [...groups.values()].map(toDifference).sort(byDifference);
    const total = totalOf(groups.values());
    return ok({
      provider: asked.provider,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      groupBy: asked.groupBy,
      shape: shape.name,
      columns: Object.fromEntries([...shape.places].map(([column, { name }]) => [column, name])),
      lines: lines.length,
      skipped: lines.length - inWindow.length,
      unpricedRequests: traces.reduce((sum, { unpriced }) => sum + Number(unpriced), 0),
      groups: differences.slice(0, MAX_GROUPS),
      truncated: differences.length > MAX_GROUPS,
      total,
    });
  }
}

function groupsOf(
  groupBy: ReconcileInvoice['groupBy'],
  lines: readonly InvoiceLine[],
  traces: readonly TraceGroup[],
): Map<string, Group> {
  const groups = new Map<string, Group>();
  const known = new Set(traces.flatMap(({ model }) => model ?? []));
  const groupOf = (day: string | null, model: string | null): Group => {
    const own = { day: groupBy === 'model' ? null : day, model: groupBy === 'day' ? null : model };
    const name = JSON.stringify(own);
    const group = groups.get(name) ?? { ...own, invoice: null, traces: null };
    groups.set(name, group);
    return group;
  };
  for (const { day, model, requests, input_tokens: input, output_tokens: output, usd } of traces) {
    const group = groupOf(day, model);
    const sums = {
      requests: Number(requests),
      inputTokens: Number(input),
      outputTokens: Number(output),
      usd: parseUsd(usd) ?? 0n,
    };
    group.traces = plus(group.traces, sums);
  }
  for (const line of lines) {
    const group = groupOf(line.day, line.model === null ? null : asTraced(line.model, known));
    group.invoice = plus(group.invoice, line);
  }
  return groups;
}

/** As the traces have it: exactly, or without the version behind it. */
const asTraced = (model: string, known: ReadonlySet<string>): string => {
  const short = model.replace(VERSION, '');
  return !known.has(model) && known.has(short) ? short : model;
};

function plus(sums: Sums | null, more: Sums): Sums {
  if (sums === null) return { ...more };
  const add = (a: number | null, b: number | null): number | null =>
    a === null && b === null ? null : (a ?? 0) + (b ?? 0);
  return {
    requests: add(sums.requests, more.requests),
    inputTokens: add(sums.inputTokens, more.inputTokens),
    outputTokens: add(sums.outputTokens, more.outputTokens),
    usd: sums.usd + more.usd,
  };
}

function toDifference({ day, model, invoice, traces }: Group): ReconcileDifference {
  const difference = (invoice?.usd ?? 0n) - (traces?.usd ?? 0n);
  const both = difference === 0n ? 'equal' : 'different';
  const state = invoice === null ? 'traces-only' : traces === null ? 'invoice-only' : both;
  return { day, model, state, invoice: sideOf(invoice), traces: sideOf(traces), differenceUsd: formatUsd(difference) };
}

function totalOf(groups: Iterable<Group>): Reconciliation['total'] {
  let invoice: Sums | null = null;
  let traces: Sums | null = null;
  for (const group of groups) {
    if (group.invoice) invoice = plus(invoice, group.invoice);
    if (group.traces) traces = plus(traces, group.traces);
  }
  const differenceUsd = formatUsd((invoice?.usd ?? 0n) - (traces?.usd ?? 0n));
  return { invoice: sideOf(invoice) ?? NOTHING, traces: sideOf(traces) ?? NOTHING, differenceUsd };
}

const NOTHING: ReconcileSide = { requests: null, inputTokens: null, outputTokens: null, usd: '0' };

const sideOf = (sums: Sums | null): ReconcileSide | null => sums && { ...sums, usd: formatUsd(sums.usd) };

const size = (usd: string): number => Math.abs(Number(usd));
const byDifference = (a: ReconcileDifference, b: ReconcileDifference): number =>
  size(b.differenceUsd) - size(a.differenceUsd) || `${a.day} ${a.model}`.localeCompare(`${b.day} ${b.model}`);

const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

const refused = (param: string, message: string): RelayError => new RelayError('invalid_request', message, { param });
