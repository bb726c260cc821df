import { createHash, randomUUID } from 'node:crypto';
import { type CachedAnswer, ExactCache, Invalidations, LabelBook, labelsOf, SemanticStore } from '@relay/cache';
import {
  badHitSchema,
  type CacheEntryPage,
  type CacheNeighbours,
  type CacheSimilarity,
  type CacheStats,
  cacheEntryPageSchema,
  cacheNeighboursSchema,
  cacheSimilaritySchema,
  cacheStatsSchema,
  QUEUES,
} from '@relay/contracts';
import { newTraceId } from '@relay/core';
import { aPlan, saySkipped } from '@relay/testing';
import { TraceRecorder } from '@relay/trace';
import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { DataSource } from 'typeorm';
import { type AdminApp, type Call, type Reply, startAdmin } from '../../test/admin-app';
import { recordedTrace } from '../../test/recorded-trace';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('the API of the cache on PostgreSQL, because TEST_DATABASE_URL is not set');

const HOUR_MS = 3_600_000;
const EMBEDDER = 'test/embedder@1';
const evidenceOf = (owner: string): string => JSON.stringify([owner, 'faq', 'llm', 'small']);
type SemanticTerms = ReturnType<typeof aPlan>['plan']['cache']['semantic'];
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Stored {
  readonly tenant: string;
  readonly prompt: string;
  readonly owner?: string;
  readonly model?: string;
  readonly tags?: readonly string[];
}

function answerTo(stored: Stored, epoch: number): CachedAnswer {
  const { tenant, prompt, owner = `t:${tenant}`, model = 'small', tags = [] } = stored;
  const now = Date.now();
  const names = { tenantId: tenant, owner, requestedModel: model, servedModel: model, tags, version: '1' };
  const message = { role: 'assistant', content: `Answer to ${prompt}` };
  return {
    body: Buffer.from(JSON.stringify({ id: 'chatcmpl-1', choices: [{ index: 0, message, finish_reason: 'stop' }] })),
    ...{ status: 200, errorCode: null, createdAt: now, expiresAt: now + HOUR_MS, staleUntil: now + HOUR_MS, epoch },
    labels: labelsOf({ ...names, key: sha256(prompt) }),
    ...{ sourceTraceId: newTraceId(now), servedModel: model, provider: 'sim', costUsd: '0.001' },
    ...{ inputTokens: 5, cachedInputTokens: null, outputTokens: 5, ttftMs: 10, tookMs: 100 },
  };
}

describePostgres('the API of the cache', () => {
  let admin: AdminApp;
  let exact: ExactCache;
  let invalidations: Invalidations;
  let semantic: SemanticStore;
  let operator: string;
  let tenantAdmin: string; // of alpha

  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    exact = admin.app.get(ExactCache, { strict: false });
    invalidations = admin.app.get(Invalidations, { strict: false });
    semantic = admin.app.get(SemanticStore, { strict: false });
    operator = await admin.tokenOf('operator');
    tenantAdmin = await admin.tokenOf('tenant-admin', 'alpha');
  }, 60_000);
  afterAll(() => admin.close());
  beforeEach(() => admin.call('POST', '/api/cache/invalidate', { token: operator, body: { all: true } }));

  const call = (method: string, target: string, token: string, body?: Call['body']): Promise<Reply> =>
    admin.call(method, target, { token, body });
  const keep = async (stored: Stored): Promise<string> => {
    const key = sha256(stored.prompt);
    await exact.put(key, answerTo(stored, invalidations.epoch));
    return key;
  };
  /** Each prompt has a direction of its own, so that none is a near-duplicate of another. */
  const keepByMeaning = async (stored: Stored): Promise<string> => {
    const vector = new Float32Array(64);
    vector[parseInt(sha256(stored.prompt).slice(0, 6), 16) % 64] = 1;
    const { tenant, prompt, owner = `t:${tenant}` } = stored;
    const outcome = await semantic.insert({
      scope: { scopeId: sha256(owner), owner, evidence: evidenceOf(owner) },
      ...{
        embedderId: EMBEDDER,
        vector,
        prompt,
        answer: answerTo(stored, invalidations.epoch),
        exactKey: sha256(prompt),
      },
      ...{ keyId: randomUUID(), aliasOf: null, embedderRegions: null, hidden: false },
    });
    if (outcome.kind === 'refused') throw new Error(outcome.reason);
    return outcome.entryId;
  };
  const listed = async (token: string, query = ''): Promise<CacheEntryPage['data']> => {
    const reply = await call('GET', `/api/cache/entries${query}`, token);
    return cacheEntryPageSchema.parse(JSON.parse(reply.text)).data;
  };
  const prompts = async (token: string, query = ''): Promise<(string | null)[]> =>
    (await listed(token, query)).map(({ prompt }) => prompt);
  const invalidate = (token: string, body: Call['body']): Promise<Reply> =>
    call('POST', '/api/cache/invalidate', token, body);
  const lastDeed = async (): Promise<unknown> => {
    const { body } = await call('GET', '/api/audit?limit=1', operator);
    return (body as { data: unknown[] }).data[0];
  };

  describe('entries', () => {
    it('are listed with their prompts, and told in full with what they say', async () => {
      const id = await keepByMeaning({ tenant: 'alpha', prompt: 'How do I reset my password?', tags: ['faq'] });
      expect(await listed(operator)).toMatchObject([
        { id, kind: 'semantic', owner: 't:alpha', tags: ['faq'], prompt: 'How do I reset my password?', answer: null },
      ]);
      expect((await call('GET', `/api/cache/entries/${id}`, operator)).body).toMatchObject({
        ...{ id, status: 'active', model: 'small', answer: 'Answer to How do I reset my password?' },
      });
      expect(await lastDeed()).toMatchObject({ action: 'cache.prompts-read', target: id });
    });

    it('that are found word for word are listed without prompts', async () => {
      const key = await keep({ tenant: 'alpha', prompt: 'a', model: 'small' });
      await keep({ tenant: 'alpha', prompt: 'b', model: 'large' });
      expect(await listed(operator, '?kind=exact&model=small')).toMatchObject([
        { id: key, kind: 'exact', owner: 't:alpha', servedModel: 'small', prompt: null, hits: null, status: 'active' },
      ]);
      expect((await call('GET', `/api/cache/entries/${key}`, operator)).body).toMatchObject({ id: key, kind: 'exact' });
    });

    it('of other tenants, and of groups that share answers, are not there for a tenant-admin', async () => {
      await keepByMeaning({ tenant: 'alpha', prompt: 'mine' });
      const others = await keepByMeaning({ tenant: 'beta', prompt: 'theirs' });
      const shared = await keepByMeaning({ tenant: 'alpha', owner: 'g:support', prompt: 'shared' });
      const key = await keep({ tenant: 'beta', prompt: 'theirs' });
      expect(await prompts(tenantAdmin)).toEqual(['mine']);
      expect(await prompts(tenantAdmin, '?tenant=beta')).toEqual([]);
      expect(await listed(tenantAdmin, '?kind=exact')).toEqual([]);
      for (const id of [others, shared, key, randomUUID(), 'x']) {
        expect(await call('GET', `/api/cache/entries/${id}`, tenantAdmin)).toMatchObject({ status: 404 });
      }
      expect((await prompts(operator)).sort()).toEqual(['mine', 'shared', 'theirs']);
      expect(await prompts(operator, '?tenant=beta')).toEqual(['theirs']);
    });

    it('show a viewer that they are there, not what anybody asked', async () => {
      const viewer = await admin.tokenOf('viewer');
      const id = await keepByMeaning({ tenant: 'alpha', prompt: 'How do I reset my password?' });
      expect(await listed(viewer)).toMatchObject([{ id, owner: 't:alpha', prompt: null }]);
      for (const target of ['', '/neighbours', '/hits']) {
        const reply = await call('GET', `/api/cache/entries/${id}${target}`, viewer);
        expect(reply.status).toBe(200);
        expect(reply.text).not.toContain('password');
      }
      expect(await call('GET', '/api/cache/entries?q=password', viewer)).toMatchObject({
        ...{ status: 403, body: { error: { param: 'q' } } },
      });
    });

    it.each([
      ['?q=x&kind=exact', 'q', 'kind=semantic'],
      ['?cursor=nonsense', null, ''],
      ['?kind=fuzzy', 'kind', '"semantic"'],
      ['?colour=red', 'colour', 'allowed: '],
    ])('cannot be listed with %s', async (query, param, message) => {
      const { status, body } = await call('GET', `/api/cache/entries${query}`, operator);
      expect({ status, body }).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
      const { error } = body as { error: { param: string | null; message: string } };
      if (param !== null) expect(error.param).toBe(param);
      expect(error.message).toContain(message);
    });
  });

  describe('invalidation', () => {
    it('takes out what has all that is named, counts it and tells the audit log', async () => {
      const key = await keep({ tenant: 'alpha', prompt: 'a', tags: ['faq'] });
      const other = await keep({ tenant: 'alpha', prompt: 'b' });
      await keepByMeaning({ tenant: 'alpha', prompt: 'a', tags: ['faq'] });
      await keepByMeaning({ tenant: 'beta', prompt: 'c', tags: ['faq'] });

      expect((await invalidate(operator, { tenant: 'alpha', tag: 'faq' })).body).toEqual({ removed: 2 });

      expect(exact.getL1(key)).toBeUndefined();
      expect(exact.getL1(other)).toBeDefined();
      expect(await prompts(operator)).toEqual(['c']);
      expect(await lastDeed()).toMatchObject({
        ...{ action: 'cache.invalidate', detail: { tenant: 'alpha', tag: 'faq', removed: 2 } },
      });
    });

    it('is told to the audit log where its rows could not be removed, and says that it should be asked again', async () => {
      const key = await keep({ tenant: 'alpha', prompt: 'a', tags: ['faq'] });
      jest.spyOn(semantic, 'remove').mockRejectedValueOnce(new Error('too slow'));
      expect(await invalidate(operator, { tag: 'faq' })).toMatchObject({
        ...{ status: 503, body: { error: { code: 'unavailable' } } },
      });
      expect(exact.getL1(key)).toBeUndefined();
      expect(await lastDeed()).toMatchObject({
        ...{ action: 'cache.invalidate', detail: { tag: 'faq', removed: 1, left: 'semantic' } },
      });
    });

    it('makes an answer void that was asked for before and comes after', async () => {
      const late = answerTo({ tenant: 'alpha', prompt: 'late' }, invalidations.epoch);
      await invalidate(operator, { model: 'small' });
      await exact.put(sha256('late'), late);
      expect(exact.getL1(sha256('late'))).toBeUndefined();
    });

    it('takes an entry by its id, or by the key of its request', async () => {
      const id = await keepByMeaning({ tenant: 'alpha', prompt: 'a' });
      const key = await keep({ tenant: 'alpha', prompt: 'b' });
      expect((await invalidate(operator, { entry: id })).body).toEqual({ removed: 1 });
      expect((await invalidate(operator, { entry: key })).body).toEqual({ removed: 1 });
      expect((await invalidate(operator, { key })).body).toEqual({ removed: 0 });
    });

    it('by a tenant-admin reaches the own tenant only', async () => {
      const mine = await keep({ tenant: 'alpha', prompt: 'mine', tags: ['faq'] });
      const theirs = await keep({ tenant: 'beta', prompt: 'theirs', tags: ['faq'] });
      const entry = await keepByMeaning({ tenant: 'beta', prompt: 'theirs' });
      expect((await invalidate(tenantAdmin, { tenant: 'beta' })).status).toBe(404);
      expect((await invalidate(tenantAdmin, { all: true })).status).toBe(403);
      expect((await invalidate(tenantAdmin, { entry })).body).toEqual({ removed: 0 });
      expect((await invalidate(tenantAdmin, { key: theirs })).body).toEqual({ removed: 0 });
      expect((await invalidate(tenantAdmin, { tag: 'faq' })).body).toEqual({ removed: 1 });
      expect([exact.getL1(mine), exact.getL1(theirs)]).toEqual([undefined, expect.anything()]);
      expect(await prompts(operator)).toEqual(['theirs']);
    });

    it('is counted before, by tier, and a dry run takes nothing out and is no deed', async () => {
      const key = await keep({ tenant: 'alpha', prompt: 'a', tags: ['faq'] });
      await keep({ tenant: 'beta', prompt: 'b', tags: ['faq'] });
      await keepByMeaning({ tenant: 'alpha', prompt: 'a', tags: ['faq'] });
      await keepByMeaning({ tenant: 'beta', prompt: 'c' });
      const before = await lastDeed();
      const of = (count: number) => ({ count, atLeast: false });
      expect((await invalidate(operator, { tag: 'faq', dryRun: true })).body).toEqual({
        removed: 0,
        wouldRemove: { memory: of(2), redis: null, semantic: of(1), total: of(3) },
      });
      expect((await invalidate(tenantAdmin, { tag: 'faq', dryRun: true })).body).toMatchObject({
        wouldRemove: { memory: of(1), semantic: of(1), total: of(2) },
      });
      expect((await invalidate(tenantAdmin, { tenant: 'beta', dryRun: true })).status).toBe(404);
      expect((await invalidate(operator, { dryRun: true })).status).toBe(400);
      expect(exact.getL1(key)).toBeDefined();
      expect((await prompts(operator)).sort()).toEqual(['a', 'c']);
      expect(await lastDeed()).toEqual(before);
    });

    it.each([{}, { all: true, tenant: 'alpha' }, { colour: 'red' }, { key: 'abc' }, { all: false }])(
      'refuses %j and says what is allowed',
      async (body) => {
        const key = await keep({ tenant: 'alpha', prompt: 'a' });
        for (const token of [operator, tenantAdmin]) {
          const reply = await invalidate(token, body);
          expect([400, 403]).toContain(reply.status);
          if (reply.status === 400) expect(reply.text).toMatch(/allowed|64 hex digits|expected true/);
        }
        expect(exact.getL1(key)).toBeDefined();
      },
    );
  });

  describe('invalidation whose copies the workers remove', () => {
    const start = (token: string, body: Call['body']): Promise<Reply> =>
      call('POST', '/api/cache/invalidations', token, body);
    const idOf = ({ body }: Reply): string => (body as { id: string }).id;
    const rows = (sql: string, values: unknown[] = []): Promise<unknown[]> =>
      admin.app.get(DataSource, { strict: false }).query(sql, values);

    it('has what it names void when it is accepted, and tells how far it is', async () => {
      const key = await keep({ tenant: 'alpha', prompt: 'a', tags: ['faq'] });
      const other = await keep({ tenant: 'alpha', prompt: 'b' });
      const late = answerTo({ tenant: 'alpha', prompt: 'late', tags: ['faq'] }, invalidations.epoch);
      const reply = await start(operator, { tenant: 'alpha', tag: 'faq' });
      expect(reply).toMatchObject({
        status: 202,
        body: {
          ...{ status: 'waiting', named: { tenant: 'alpha', tag: 'faq' }, total: null, removed: 1 },
          ...{ reason: null, endedAt: null },
        },
      });
      expect([exact.getL1(key), exact.getL1(other)]).toEqual([undefined, expect.anything()]);
      expect(invalidations.isVoid(late)).toBe(true);
      const id = idOf(reply);
      expect(await lastDeed()).toMatchObject({
        ...{ action: 'cache.invalidate', detail: { tenant: 'alpha', tag: 'faq', invalidation: id } },
      });
      for (const token of [operator, tenantAdmin]) {
        expect((await call('GET', '/api/cache/invalidations', token)).body).toMatchObject({ data: [{ id }] });
        expect((await call('GET', `/api/cache/invalidations/${id}`, token)).body).toMatchObject({ id, removed: 1 });
      }
    });

    it('by a tenant-admin reaches the own tenant only, and those of others do not exist', async () => {
      const theirs = await keep({ tenant: 'beta', prompt: 'theirs', tags: ['faq'] });
      const ofAll = idOf(await start(operator, { tag: 'other' }));
      expect((await start(tenantAdmin, { tag: 'faq' })).body).toMatchObject({ named: { tag: 'faq', tenant: 'alpha' } });
      expect(exact.getL1(theirs)).toBeDefined();
      expect((await start(tenantAdmin, { tenant: 'beta' })).status).toBe(404);
      expect((await start(tenantAdmin, { all: true })).status).toBe(403);
      expect((await call('GET', `/api/cache/invalidations/${ofAll}`, tenantAdmin)).status).toBe(404);
      expect((await call('GET', '/api/cache/invalidations/x', operator)).status).toBe(404);
      expect((await call('GET', '/api/cache/invalidations', tenantAdmin)).text).not.toContain(ofAll);
    });

    it.each([{}, { all: true, tag: 'x' }, { tag: 'x', dryRun: true }])('refuses %j', async (body) => {
      expect((await start(operator, body)).status).toBe(400);
    });

    it('has a job of the queue, by its id', async () => {
      const id = idOf(await start(operator, { tag: 'queued' }));
      const queue = admin.app.get<Queue>(getQueueToken(QUEUES.cacheInvalidate), { strict: false });
      expect((await queue.getJob(id))?.data).toEqual({ invalidation: id });
    });

    it('voids, and says that copies stay, while a hundred wait; those that ended long ago are forgotten', async () => {
      await rows('DELETE FROM cache_invalidations');
      const insert = `INSERT INTO cache_invalidations (id, tenant, named, epoch, status, removed, created_at)
        SELECT gen_random_uuid(), $1, '{}', 1, $2, 0, now() FROM generate_series(1, $3::int)`;
      await rows(insert, ['alpha', 'waiting', 99]);
      await rows(insert, ['alpha', 'done', 120]);
      const key = await keep({ tenant: 'alpha', prompt: 'a', tags: ['x'] });
      const crowd = await Promise.all(Array.from({ length: 4 }, () => start(tenantAdmin, { tag: 'x' })));
      expect(crowd.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
      expect(crowd.find(({ status }) => status === 409)).toMatchObject({
        body: { error: { param: 'tenant', message: expect.stringContaining('void in all processes, but 100') } },
      });
      expect(exact.getL1(key)).toBeUndefined();
      const left = await rows(
        `SELECT count(*)::int FROM audit_log WHERE action = 'cache.invalidate' AND detail->>'left' = 'copies'`,
      );
      expect(left).toEqual([{ count: 3 }]);
      expect((await start(operator, { tag: 'x' })).status).toBe(202); // not theirs alone
      await rows(`DELETE FROM cache_invalidations WHERE status = 'waiting'`);
      expect((await start(tenantAdmin, { tag: 'x' })).status).toBe(202);
      expect(await rows(`SELECT count(*)::int FROM cache_invalidations WHERE status = 'done'`)).toEqual([
        { count: 100 },
      ]);
    });

    it('voids also where the database does not keep it, and says that it should be asked again', async () => {
      const key = await keep({ tenant: 'alpha', prompt: 'a', tags: ['x'] });
      await rows('ALTER TABLE cache_invalidations RENAME TO mislaid');
      try {
        expect(await start(operator, { tag: 'x' })).toMatchObject({
          ...{ status: 503, body: { error: { code: 'unavailable', message: expect.stringContaining('is void') } } },
        });
      } finally {
        await rows('ALTER TABLE mislaid RENAME TO cache_invalidations');
      }
      expect(exact.getL1(key)).toBeUndefined();
    });
  });

  describe('a bad hit', () => {
    const traceOf = (changes: Parameters<typeof recordedTrace>[0]): string => {
      const trace = recordedTrace(changes);
      admin.app.get(TraceRecorder, { strict: false }).record(trace, null, null);
      return trace.id;
    };
    const mark = (token: string, id: string, body: object = {}): Promise<Reply> =>
      call('POST', `/api/cache/entries/${id}/bad-hit`, token, badHitSchema.parse(body));

    it('takes the entry out of service, and makes its similarity a label', async () => {
      const id = await keepByMeaning({ tenant: 'alpha', prompt: 'Enable 2FA' });
      const trace = traceOf({ tenant: 'alpha', cache: 'semantic', cacheEntry: id, similarity: 0.95 });

      const marked = await mark(operator, id, { trace, comment: 'they wanted to disable it' });

      expect(marked).toMatchObject({ status: 200, body: { entry: id, kind: 'semantic', removed: 1 } });
      expect(await listed(operator, '?status=quarantined')).toMatchObject([{ id, status: 'quarantined' }]);
      expect(await lastDeed()).toMatchObject({ action: 'cache.bad-hit', target: id, detail: { trace } });
      const state = admin.app.get(LabelBook, { strict: false }).state(evidenceOf('t:alpha'), EMBEDDER, 0.02);
      expect(state).toMatchObject({ labels: 1, measured: { error: 1, hits: 1 } });
    });

    it('takes the entry out of service before its trace is written, which counts when it is', async () => {
      const id = await keepByMeaning({ tenant: 'alpha', prompt: 'Enable 2FA' });
      const book = admin.app.get(LabelBook, { strict: false });
      const labels = (): number => book.state(evidenceOf('t:alpha'), EMBEDDER, 0.02).labels;
      const before = labels();
      const trace = newTraceId(Date.now());
      const marking = mark(operator, id, { trace });
      while ((await listed(operator, '?status=quarantined')).length === 0);
      traceOf({ id: trace, tenant: 'alpha', cache: 'semantic', cacheEntry: id, similarity: 0.95 });
      expect(await marking).toMatchObject({ status: 200, body: { entry: id, kind: 'semantic', removed: 1 } });
      expect(labels()).toBe(before + 1);
    });

    it('takes an exact entry out', async () => {
      const key = await keep({ tenant: 'alpha', prompt: 'a' });
      expect((await mark(tenantAdmin, key)).body).toEqual({ entry: key, kind: 'exact', removed: 1 });
      expect(exact.getL1(key)).toBeUndefined();
    });

    it('can be marked without a word', async () => {
      const key = await keep({ tenant: 'alpha', prompt: 'a' });
      const marked = await admin.call('POST', `/api/cache/entries/${key}/bad-hit`, { token: operator });
      expect(marked).toMatchObject({ status: 200, body: { entry: key, kind: 'exact', removed: 1 } });
    });

    it('cannot be marked at an entry of another tenant, nor with its trace', async () => {
      const id = await keepByMeaning({ tenant: 'beta', prompt: 'theirs' });
      const trace = traceOf({ tenant: 'beta', cache: 'semantic', cacheEntry: id, similarity: 0.9 });
      expect((await mark(tenantAdmin, id)).status).toBe(404);
      expect((await mark(tenantAdmin, id, { trace })).status).toBe(404);
      expect(await listed(operator, '?status=active')).toHaveLength(1);
    });

    it('has to be one of the trace that is named', async () => {
      const id = await keepByMeaning({ tenant: 'alpha', prompt: 'a' });
      const miss = traceOf({ tenant: 'alpha', cache: 'miss' });
      const other = traceOf({ tenant: 'alpha', cache: 'exact-l1', cacheEntry: sha256('other') });
      const error = async (trace: string): Promise<unknown> => (await mark(operator, id, { trace })).body.error;
      expect(await error(miss)).toMatchObject({
        ...{
          code: 'invalid_request',
          param: 'trace',
          message: expect.stringContaining('no entry of the cache (miss)'),
        },
      });
      expect(await error(other)).toMatchObject({ message: expect.stringContaining(sha256('other')) });
      expect(await error(newTraceId(Date.now() - HOUR_MS))).toMatchObject({ code: 'not_found' });
      expect(await listed(operator, '?status=active')).toHaveLength(1);
    });
  });

  describe('what is told of an entry', () => {
    const TERMS = { mode: 'static', threshold: 0.9 } as const;
    /** The request that an entry came from, with the plan under which it was stored. */
    const stored = async (prompt: string, angle: number, terms: Partial<SemanticTerms> = TERMS): Promise<string> => {
      const answer = answerTo({ tenant: 'alpha', prompt }, invalidations.epoch);
      const trace = recordedTrace({
        id: answer.sourceTraceId,
        tenant: 'alpha',
        planId: `plan-${answer.sourceTraceId}`,
      });
      const document = aPlan(trace.planId ?? '');
      const { cache } = document.plan;
      const plan = { ...document.plan, cache: { ...cache, semantic: { ...cache.semantic, ...terms } } };
      admin.app.get(TraceRecorder, { strict: false }).record(trace, { ...document, plan }, null);
      const vector = new Float32Array(64);
      [vector[0], vector[1]] = [Math.cos(angle), Math.sin(angle)];
      const outcome = await semantic.insert({
        ...{
          scope: { scopeId: sha256('near'), owner: 't:alpha', evidence: evidenceOf('t:alpha') },
          embedderId: EMBEDDER,
        },
        ...{
          vector,
          prompt,
          answer,
          exactKey: sha256(prompt),
          keyId: randomUUID(),
          aliasOf: null,
          embedderRegions: null,
          hidden: false,
        },
      });
      if (outcome.kind === 'refused') throw new Error(outcome.reason);
      return outcome.entryId;
    };
    const neighbours = async (id: string, token = operator): Promise<CacheNeighbours> =>
      cacheNeighboursSchema.parse((await call('GET', `/api/cache/entries/${id}/neighbours`, token)).body);

    it('are its neighbours, nearest first, and whether one is served for the other', async () => {
      const id = await stored('How do I reset my password?', 0);
      const near = await stored('How can I reset my password?', 0.2); // cosine 0.98
      const guarded = await stored('How do I reset my 2 passwords?', 0.3);
      const far = await stored('Where is my invoice?', 1);
      await semantic.tighten(id, 0.99);
      await keepByMeaning({ tenant: 'alpha', prompt: 'of another scope' });

      const told = await neighbours(id, tenantAdmin);

      expect(await lastDeed()).not.toMatchObject({ target: id }); // of the own tenant
      await neighbours(id);
      expect(await lastDeed()).toMatchObject({ action: 'cache.prompts-read', target: id, detail: { entries: 3 } });
      expect(told).toMatchObject({ mode: 'static', measure: 'similarity', threshold: 0.9 });
      expect(told.data).toMatchObject([
        {
          id: near,
          prompt: 'How can I reset my password?',
          answersThis: 'served',
          answeredByThis: 'below_entry_threshold',
        },
        { id: guarded, guards: ['numbers'], answersThis: 'guarded', answeredByThis: 'guarded' },
        { id: far, guards: [], answersThis: 'below_threshold', answeredByThis: 'below_threshold', sharesAnswer: false },
      ]);
      expect(told.data[0]?.similarity).toBeCloseTo(Math.cos(0.2), 3);
    });

    it('are neighbours without a verdict, where the plan is not kept', async () => {
      const id = await stored('a', 0);
      await admin.app.get(TraceRecorder, { strict: false }).flush();
      await admin.app.get(DataSource, { strict: false }).query('DELETE FROM request_traces');
      await stored('b', 0.1);
      expect(await neighbours(id)).toMatchObject({ mode: null, threshold: null, data: [{ answersThis: 'unknown' }] });
    });

    it('are its latest hits, with what was asked for those who may read it, which is audited', async () => {
      const id = await keepByMeaning({ tenant: 'alpha', prompt: 'mine' });
      const trace = recordedTrace({ tenant: 'alpha', cache: 'semantic', cacheEntry: id, similarity: 0.97 });
      const request = JSON.stringify({ messages: [{ role: 'user', content: '<b>my question</b>' }] });
      admin.app.get(TraceRecorder, { strict: false }).record(trace, null, { request, response: '{}' });
      const hits = async (token: string): Promise<unknown> =>
        (await call('GET', `/api/cache/entries/${id}/hits`, token)).body;

      expect(await hits(await admin.tokenOf('viewer'))).toMatchObject({
        ...{ data: [{ trace: trace.id, prompt: null }], promptsHidden: true },
      });
      expect(await hits(operator)).toMatchObject({
        ...{ data: [{ trace: trace.id, prompt: '<b>my question</b>', cache: 'semantic' }], promptsHidden: false },
      });
      expect(await lastDeed()).toMatchObject({ action: 'cache.prompts-read', target: id, detail: { traces: 1 } });
    });

    it('is nothing of another tenant, nor of a group, for a tenant-admin', async () => {
      const theirs = await keepByMeaning({ tenant: 'beta', prompt: 'theirs' });
      const shared = await keepByMeaning({ tenant: 'alpha', owner: 'g:support', prompt: 'shared' });
      for (const id of [theirs, shared])
        for (const what of ['neighbours', 'hits'])
          expect((await call('GET', `/api/cache/entries/${id}/${what}`, tenantAdmin)).status).toBe(404);
    });

    it('is empty for an exact entry that nobody was served from', async () => {
      const key = await keep({ tenant: 'alpha', prompt: 'a' });
      expect(await neighbours(key)).toEqual({ mode: null, measure: null, threshold: null, data: [] });
      expect((await call('GET', `/api/cache/entries/${key}/hits?limit=101`, operator)).status).toBe(400);
      expect((await call('GET', `/api/cache/entries/${key}/hits`, operator)).body).toEqual({
        data: [],
        promptsHidden: false,
      });
    });
  });

  describe('statistics', () => {
    /** As another process stored it. */
    const storeLabel = (evidence: string): Promise<unknown> =>
      admin.app.get(DataSource, { strict: false }).query(
        `INSERT INTO semantic_labels (id, evidence, embedder, similarity, correct, weight, source, entry_id, at, writer)
         VALUES ($1, $2, $3, 0.9, true, 1, 'miss', 'entry', now(), $1)`,
        [randomUUID(), evidence, EMBEDDER],
      );
    const stats = async (token: string, query = ''): Promise<CacheStats> => {
      const reply = await call('GET', `/api/cache/stats${query}`, token);
      return cacheStatsSchema.parse(JSON.parse(reply.text));
    };

    it('tell hits, evidence and entries to all, and to a tenant-admin of the own tenant only', async () => {
      const recorder = admin.app.get(TraceRecorder, { strict: false });
      const tenant = `t-${randomUUID().slice(0, 8)}`;
      const token = await admin.tokenOf('tenant-admin', tenant);
      for (const changes of [{ cache: 'miss' }, { cache: 'exact-l1', savedUsd: '0.25', savedMs: 90 }] as const) {
        recorder.record(recordedTrace({ tenant, ...changes }), null, null);
      }
      recorder.record(recordedTrace({ tenant: 'beta', cache: 'miss' }), null, null);
      await keepByMeaning({ tenant, prompt: 'mine' });
      await keepByMeaning({ tenant, owner: 'g:support', prompt: 'shared' });
      for (const owner of [`t:${tenant}`, 't:beta']) await storeLabel(evidenceOf(owner));

      expect(await stats(token, '?groupBy=tenant')).toMatchObject({
        groups: [{ key: tenant, requests: 2, hits: 1, hitRate: 0.5, savedUsd: '0.25', savedMs: 90 }],
        evidence: [{ owner: `t:${tenant}`, evidence: 'faq', judge: 'llm small', labels: 1, maxErrorPerHit: 0.02 }],
        entries: { semantic: 1, quarantined: 0 },
        process: null,
      });
      expect(await stats(token, '?tenant=beta')).toMatchObject({
        ...{ total: { requests: 0 }, evidence: [], entries: { semantic: 0, quarantined: 0 } },
      });
      const all = await stats(operator);
      expect(all.total.requests).toBeGreaterThanOrEqual(3);
      expect(all.process).toMatchObject({ l1: { entries: expect.any(Number) }, l2: null });
      expect(all.entries.semantic).toBe(2);
    });

    it('tell how alike questions were, and what labels say of each threshold', async () => {
      const recorder = admin.app.get(TraceRecorder, { strict: false });
      const tenant = `t-${randomUUID().slice(0, 8)}`;
      const found = { mode: 'verified', reason: 'below_threshold', similarity: 0.9, score: 0.87, threshold: 0.95 };
      recorder.record(recordedTrace({ tenant, cache: 'miss', stages: [['semantic', 0, 1, found]] }), null, null);
      for (const owner of [`t:${tenant}`, 't:beta']) await storeLabel(evidenceOf(owner));
      const similarity = async (token: string, query = ''): Promise<CacheSimilarity> =>
        cacheSimilaritySchema.parse((await call('GET', `/api/cache/similarity${query}`, token)).body);

      const own = await similarity(await admin.tokenOf('tenant-admin', tenant));
      expect(own).toMatchObject({
        measures: [
          { measure: 'score', lookUps: 1, bins: [{ from: 0.87, lookUps: 1 }], thresholds: [{ threshold: 0.95 }] },
        ],
        evidence: [{ owner: `t:${tenant}`, labels: 1, curve: [{ threshold: 0.9, error: 0, low: 0, labels: 1 }] }],
      });
      expect(await similarity(operator, `?tenant=${tenant}`)).toMatchObject({ requests: 1, evidence: own.evidence });
      expect(await similarity(tenantAdmin, `?tenant=${tenant}`)).toMatchObject({ measures: [], evidence: [] });
    });

    it.each([
      ['?groupBy=colour', 'groupBy'],
      ['?from=yesterday', 'from'],
      ['?from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z', 'from'],
    ])('refuse %s', async (query, param) => {
      const reply = await call('GET', `/api/cache/stats${query}`, operator);
      expect(reply).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', param } } });
    });
  });

  describe('warming', () => {
    const body = { model: 'small', messages: [{ role: 'user', content: 'How do I reset my password?' }] };
    const warm = (token: string, changes: object = {}): Promise<Reply> =>
      call('POST', '/api/cache/warm', token, { tenant: 'alpha', source: { requests: [body] }, ...changes });

    it('is accepted, told of and cancelled', async () => {
      const { status, body: started } = await warm(operator, { maxUsd: 1, tags: ['faq'] });
      expect([status, started]).toEqual([
        202,
        expect.objectContaining({ tenant: 'alpha', status: 'waiting', total: 1, asked: 0, costUsd: '0', errors: [] }),
      ]);
      const { id } = started as { id: string };
      expect(await lastDeed()).toMatchObject({
        action: 'cache.warm',
        target: id,
        detail: { requests: 1, maxUsd: 1, tags: ['faq'] },
      });
      expect((await call('GET', '/api/cache/warm', tenantAdmin)).body).toMatchObject({ data: [{ id }] });
      expect((await call('DELETE', `/api/cache/warm/${id}`, operator)).status).toBe(204);
      expect((await call('GET', `/api/cache/warm/${id}`, operator)).body).toMatchObject({ status: 'cancelled' });
      expect((await call('DELETE', `/api/cache/warm/${id}`, operator)).status).toBe(409);
    });

    it('of another tenant does not exist for a tenant-admin', async () => {
      await call('POST', '/api/tenants', await admin.tokenOf('owner'), { id: 'beta' });
      const { id } = (await warm(operator, { tenant: 'beta' })).body as { id: string };
      expect((await warm(tenantAdmin, { tenant: 'beta' })).status).toBe(404);
      expect((await call('GET', `/api/cache/warm/${id}`, tenantAdmin)).status).toBe(404);
      expect((await call('DELETE', `/api/cache/warm/${id}`, tenantAdmin)).status).toBe(404);
      expect((await call('GET', '/api/cache/warm', tenantAdmin)).text).not.toContain(id);
    });

    it.each([
      [{ tenant: 'nobody' }, 404, 'tenant', 'no such tenant'],
      [
        { source: { requests: [body, { model: 'small', messages: [{ role: 7 }] }] } },
        400,
        'source.requests[1].messages[0].role',
        'string',
      ],
      [{ source: { requests: [] } }, 400, 'source', ''],
      [
        { source: { requests: [{ ...body, messages: [{ role: 'user', content: 'x \ud800 y' }] }] } },
        400,
        'source.requests.0.messages.0.content',
        'surrogate',
      ],
      [{ source: { traces: { days: 0, top: 1 } } }, 400, 'source', ''],
      [{ maxUsd: -1 }, 400, 'maxUsd', '0'],
      [{ tags: ['a,b'] }, 400, 'tags', 'without commas'],
      [{ tags: [' '] }, 400, 'tags', 'a tag'],
      [{ tags: ['x'.repeat(65)] }, 400, 'tags', '64'],
      [{ tags: Array.from({ length: 17 }, (_, n) => `t${n}`) }, 400, 'tags', '16'],
    ])('refuses %j', async (changes, status, param, message) => {
      const reply = await warm(operator, changes);
      expect(reply).toMatchObject({ status, body: { error: { param: expect.stringContaining(param) } } });
      expect(reply.text).toContain(message);
    });
  });
});
