import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { EvaluationComparison, EvaluationComparisonQuery, EvaluationQuery, Evaluations } from '@relay/contracts';
import { CLOCK, type Clock, ok, type RelayError, type Result, within } from '@relay/core';
import { REPORT_TIMEOUT_MS } from '@relay/database';
import { DataSource } from 'typeorm';
import { TraceReader } from '../persistence/trace-reader';
import { TraceRecorder } from '../trace.recorder';
import { compare } from './compare';
import type { EvaluationQuestion } from './evaluated-requests.sql';
import { type ComparedSide, evaluationWindow, sidesOf } from './evaluation-window';
import { toGroup } from './group-view';
import { requestSumsSql } from './request-sums.sql';
import { noRequests, type RequestSumsRow, type Sample, toSample, type VerdictSumsRow } from './sample';
import { verdictSumsSql } from './verdict-sums.sql';

/** Groups that are listed, those with most requests; the total is of all. */
const MAX_GROUPS = 200;
/** How long a reader waits for traces that this process has just recorded. */
const READ_YOUR_WRITES_MS = 250;

interface Samples {
  readonly groups: readonly Sample[];
  readonly total: Sample;
}

/** Tells from the traces and from feedback how good, fast and dear answers were, and whether two groups of them differ. */
@Injectable()
export class EvaluationStore {
  private readonly reader: TraceReader;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.reader = new TraceReader(dataSource, REPORT_TIMEOUT_MS);
  }

  /** `scope` confines the reader to one tenant. Error: `invalid_request` for a range that is none, or too long. */
  async read(query: EvaluationQuery, scope: string | null): Promise<Result<Evaluations, RelayError>> {
    const window = evaluationWindow(query, this.clock.now());
    if (!window.ok) return window;
    const { by, tenant = null } = query;
    await this.flushed();
    const { groups, total } = await this.samples({ by, ...window.value, tenant, scope, keys: null }, MAX_GROUPS + 1);
    return ok({
      from: window.value.from.toISOString(),
      to: window.value.to.toISOString(),
      by,
      data: groups.slice(0, MAX_GROUPS).map(toGroup),
      truncated: groups.length > MAX_GROUPS,
      total: toGroup(total),
    });
  }

  /** As `read`; a group that nobody asked anything of is empty. */
  async compare(
    query: EvaluationComparisonQuery,
    scope: string | null,
  ): Promise<Result<EvaluationComparison, RelayError>> {
    const window = evaluationWindow(query, this.clock.now());
    if (!window.ok) return window;
    const sides = sidesOf(query, window.value);
    if (!sides.ok) return sides;
    await this.flushed();
    const [a, b] = sides.value;
    const [first, second] = await this.sampled(sides.value, query, scope);
    const { by, tolerance } = query;
    return ok({ by, a: toSide(a, first), b: toSide(b, second), tolerance, ...compare(first, second, tolerance) });
  }

  /** Two groups of one window are read in one go. */
  private async sampled(
    sides: readonly [ComparedSide, ComparedSide],
    { by, tenant }: EvaluationComparisonQuery,
    scope: string | null,
  ): Promise<[Sample, Sample]> {
    const read = (of: readonly ComparedSide[], { from, to }: ComparedSide): Promise<Samples> => {
      const keys = of.flatMap(({ name }) => (name === null ? [] : [name]));
      return this.samples({ by, from, to, tenant: tenant ?? null, scope, keys }, of.length);
    };
    const [a, b] = sides;
    const first = await read(a.name === b.name ? [a] : sides, a);
    const second = a.name === b.name ? await read([b], b) : first;
    return [sampleOf(a, first), sampleOf(b, second)];
  }

  /** One after the other: a question should not take more than one connection. */
  private async samples(question: EvaluationQuestion, limit: number): Promise<Samples> {
    const rows = await this.reader.read<RequestSumsRow>(requestSumsSql(question, limit));
    const said = await this.reader.read<VerdictSumsRow>(verdictSumsSql(question));
    const saidOf = new Map(said.filter(({ total }) => !total).map((row) => [row.key, row]));
    const total = rows.find((row) => row.total);
    return {
      groups: rows
        .filter((row) => !row.total)
        .map((row) => toSample(row, saidOf.get(row.key)))
        .sort((left, right) => right.requests - left.requests),
      total: toSample(
        { ...total, key: null },
        said.find((row) => row.total),
      ),
    };
  }

  private async flushed(): Promise<void> {
    await within(this.clock, READ_YOUR_WRITES_MS, this.recorder.flush());
  }
}

const sampleOf = ({ name }: ComparedSide, { groups, total }: Samples): Sample =>
  name === null ? total : (groups.find(({ key }) => key === name) ?? noRequests(name));

const toSide = ({ name, from, to }: ComparedSide, sample: Sample) => ({
  ...{ name, from: from.toISOString(), to: to.toISOString() },
  group: toGroup({ ...sample, key: name }),
});
