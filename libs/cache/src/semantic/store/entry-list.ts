import type { CacheEntryPage, CacheEntryView } from '@relay/contracts';
import { storable } from '@relay/core';
import type { DataSource } from 'typeorm';
import { answerText } from '../../domain/semantic/answer-text';
import { decodeCursor, encodeCursor } from './entry-cursor';
import type { EntrySeal } from './entry-seal';
import { toView, VIEW_COLUMNS, VIEW_TABLES, type ViewRow } from './entry-view';
import type { EntryListQuery, OwnerCount } from './stored-entry';

/** Sealed prompts that are opened for a page of a search. */
const MAX_OPENED = 2_000;
const OPENED_AT_A_TIME = 200;
const MAX_OWNERS = 1_000;

const countsSql = (where: string): string => `
  SELECT owner, (count(*) FILTER (WHERE status = 'active'))::int AS active, (count(*) FILTER (WHERE status = 'quarantined'))::int AS quarantined
  FROM semantic_entries ${where} GROUP BY owner ORDER BY count(*) DESC, owner LIMIT ${MAX_OWNERS}`;

const FIND_SQL = `
  SELECT ${VIEW_COLUMNS}, source.answer, source.answer_id,
    source.hidden AS hidden_answer FROM ${VIEW_TABLES} WHERE entry.id = $1 AND entry.labels @> $2::text[]`;

interface FoundRow extends ViewRow {
  readonly answer: Buffer | null;
  readonly answer_id: string | null;
  readonly hidden_answer: boolean;
}

/** Shows people what is stored. */
export class EntryList {
  constructor(
    private readonly dataSource: DataSource,
    private readonly seal: EntrySeal,
    private readonly maxAnswerBytes: () => number,
  ) {}

  async page(query: EntryListQuery): Promise<CacheEntryPage> {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
    const searched = this.seal.seals ? query.q?.toLowerCase() : undefined;
    return searched === undefined ? this.plainPage(query, after) : this.searchedPage(query, searched, after);
  }

  async find(id: string, tenant: string | null): Promise<CacheEntryView | null> {
    const [row] = await this.dataSource.query<FoundRow[]>(FIND_SQL, [id, tenantLabels(tenant ?? undefined)]);
    if (!row) return null;
    if (row.hidden || row.hidden_answer) return toView(row, this.promptOf(row), null);
    const answer = await this.seal.openAnswer(row.scope_id, row, this.maxAnswerBytes());
    return toView(row, this.promptOf(row), answer ? answerText(answer.body) : null);
  }

  counts(tenant?: string): Promise<OwnerCount[]> {
    if (tenant === undefined) return this.dataSource.query(countsSql('')); // from an index alone
    return this.dataSource.query(countsSql('WHERE labels @> $1::text[]'), [tenantLabels(tenant)]);
  }

  private async plainPage(query: EntryListQuery, after: string | null): Promise<CacheEntryPage> {
    const rows = await this.rows(query, after, query.limit + 1); // one more tells that there is a next page
    const data = rows.slice(0, query.limit).map((row) => toView(row, this.promptOf(row), null));
    const last = data.at(-1);
    return { data, nextCursor: rows.length > query.limit && last ? encodeCursor(last.id) : null };
  }

  private async searchedPage(query: EntryListQuery, searched: string, after: string | null): Promise<CacheEntryPage> {
    const data: CacheEntryView[] = [];
    let before = after;
    for (let opened = 0; opened < MAX_OPENED; opened += OPENED_AT_A_TIME) {
      const rows = await this.rows(query, before, OPENED_AT_A_TIME);
      for (const row of rows) {
        before = row.id;
        const prompt = this.promptOf(row);
        if (prompt?.toLowerCase().includes(searched)) data.push(toView(row, prompt, null));
        if (data.length === query.limit) return { data, nextCursor: encodeCursor(before) };
      }
      if (rows.length < OPENED_AT_A_TIME) return { data, nextCursor: null };
    }
    return { data, nextCursor: before === null ? null : encodeCursor(before) };
  }

  private promptOf(row: ViewRow): string | undefined {
    if (row.hidden) return undefined;
    return this.seal.openPrompt(row, { scopeId: row.scope_id, exactKey: row.exact_key });
  }

  private rows({ tenant, model, status, q }: EntryListQuery, after: string | null, limit: number): Promise<ViewRow[]> {
    const values: unknown[] = [];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const conditions = [`entry.labels @> ${bind([...tenantLabels(tenant), ...modelLabels(model)])}::text[]`];
    if (after !== null) conditions.push(`entry.id < ${bind(after)}::uuid`);
    if (status !== undefined) conditions.push(`entry.status = ${bind(status)}`);
    if (q !== undefined) conditions.push('NOT entry.hidden');
    if (q !== undefined && !this.seal.seals) conditions.push(`entry.prompt ILIKE ${bind(pattern(q))}`);
    const sql = `SELECT ${VIEW_COLUMNS} FROM ${VIEW_TABLES} WHERE ${conditions.join(' AND ')} ORDER BY entry.id DESC LIMIT ${bind(limit)}`;
    return this.dataSource.query(sql, values);
  }
}

const tenantLabels = (tenant?: string): string[] => (tenant === undefined ? [] : [storable(`tenant:${tenant}`)]);
/** Asked for or served. */
const modelLabels = (model?: string): string[] => (model === undefined ? [] : [storable(`model:${model}`)]);
const pattern = (q: string): string => `%${storable(q).replace(/[\\%_]/g, '\\$&')}%`;
