import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { ReconcileDifference, ReconcileInvoice, ReconcileSide, Reconciliation } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result, within } from '@relay/core';
import { ConfigStore } from '@relay/config';
import { BoundedReader, traceCallsSql } from '@relay/database';
import { DataSource } from 'typeorm';
import { TraceRecorder } from '../../trace.recorder';
import { formatUsd, parseUsd } from './exact-usd';
import { invoiceWindow, linesWithin } from './invoice-window';
import { type InvoiceLine, readInvoice } from './read-invoice';

const MAX_GROUPS = 5_000;
/** Of the traces, that a refusal names. */
const MAX_PROVIDERS = 50;
const READ_YOUR_WRITES_MS = 250;
/** Behind a name: the version that a provider bills, where apps ask without one. */
const VERSION = /-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|latest)$/;

/**
 * What calls of a provider took, by UTC day and its name of the model. A request that made several calls is split by what each cost; what is left
 * of its cost (what the relay counted itself) is the last call's.
 */
const TRACES_SQL = `
  SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, lower(call_model) AS model, count(*)::int8 AS requests,
    coalesce(sum(coalesce(billed_input, CASE WHEN calls = 1 THEN input_tokens END)), 0) AS input_tokens,
    coalesce(sum(coalesce(billed_output, CASE WHEN calls = 1 THEN output_tokens END)), 0) AS output_tokens,
    coalesce(sum(coalesce(billed_usd, 0) + CASE WHEN nth = calls THEN coalesce(cost_usd, 0) - told ELSE 0 END), 0) AS usd,
    count(*) FILTER (WHERE cost_usd IS NULL AND (input_tokens > 0 OR output_tokens > 0)) AS unpriced
  FROM request_traces trace CROSS JOIN LATERAL (
    SELECT * FROM (
      SELECT nth, provider AS call_provider, model AS call_model, outcome, billed_input, billed_output, billed_usd,
        count(*) OVER () AS calls, coalesce(sum(billed_usd) OVER (), 0) AS told
      FROM ${traceCallsSql('trace')} AS made
    ) AS calls_of_trace
    WHERE call_provider = $3 AND (outcome = 'ok' OR billed_usd IS NOT NULL OR (nth = calls AND trace.cost_usd IS NOT NULL))
  ) AS billed
  WHERE trace.at >= $1::timestamptz AND trace.at < $2::timestamptz AND trace.cache IN ('miss', 'bypass')
  GROUP BY 1, 2`;

const PROVIDERS_SQL = `
  SELECT DISTINCT provider FROM request_traces
  WHERE at >= $1::timestamptz AND at < $2::timestamptz AND provider IS NOT NULL LIMIT ${MAX_PROVIDERS}`;

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
  private readonly reader: BoundedReader;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly config: ConfigStore,
  ) {
    this.reader = new BoundedReader(dataSource);
  }

  /**
   * Error: `invalid_request` for a window, a file or a provider that there is nothing to compare of. Rejects with `unavailable` where the traces
   * take too long to read.
   */
  async reconcile(asked: ReconcileInvoice): Promise<Result<Reconciliation, RelayError>> {
    if (asked.currency.toUpperCase() !== 'USD')
      return err(
        refused(
          'currency',
          `currency: is "${asked.currency}"; allowed: USD, which traces are kept in. Convert the file first.`,
        ),
      );
    const invoice = readInvoice(asked);
    if (!invoice.ok) return invoice;
    const { shape, lines } = invoice.value;
    const window = invoiceWindow(asked, lines);
    if (!window.ok) return window;
    const { from, to } = window.value;
    const inWindow = linesWithin(window.value, lines);
    if (!inWindow.ok) return inWindow;
    await within(this.clock, READ_YOUR_WRITES_MS, this.recorder.flush());
    const times = [new Date(from), new Date(to)];
    const traces = await this.reader.read<TraceGroup>(TRACES_SQL, [...times, asked.provider]);
    if (traces.length === 0) {
      const unknown = await this.unknownProvider(asked.provider, times);
      if (unknown !== null) return err(unknown);
    }
    const groups = groupsOf(asked.groupBy, inWindow.value, traces);
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
      skipped: lines.length - inWindow.value.length,
      unpricedRequests: traces.reduce((sum, { unpriced }) => sum + Number(unpriced), 0),
      groups: differences.slice(0, MAX_GROUPS),
      truncated: differences.length > MAX_GROUPS,
      total,
    });
  }

  /** A name that neither relay.yaml nor the traces have is misspelt: all of the invoice would be a difference. */
  private async unknownProvider(provider: string, times: readonly Date[]): Promise<RelayError | null> {
    const configured = this.config.current.providers.map(({ id }) => id);
    if (configured.includes(provider)) return null;
    const traced = await this.reader.read<{ provider: string }>(PROVIDERS_SQL, times);
    const known = new Set([...configured, ...traced.map((row) => row.provider)]);
    if (known.has(provider)) return null;
    const allowed = known.size === 0 ? '(none is configured)' : [...known].sort().join(', ');
    return refused('provider', `provider: found "${provider}"; allowed: ${allowed}`);
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
  const add = (a: number | null | undefined, b: number | null): number | null =>
    a == null && b === null ? null : (a ?? 0) + (b ?? 0);
  return {
    requests: add(sums?.requests, more.requests),
    inputTokens: add(sums?.inputTokens, more.inputTokens),
    outputTokens: add(sums?.outputTokens, more.outputTokens),
    usd: (sums?.usd ?? 0n) + more.usd,
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

const refused = (param: string, message: string): RelayError => new RelayError('invalid_request', message, { param });
