import { ConfigStore } from '@relay/config';
import { err, RelayError } from '@relay/core';
import { FakeClock, openEmbedded, type TestDatabase } from '@relay/testing';
import { cachedAnswer } from '../../test/cached-answer.builder';
import { cacheWith, configWith, localMarks } from '../../test/exact-cache.harness';
import { EMBEDDER, hex, StoreKit } from '../../test/semantic-store-kit';
import { labelsOf } from '../domain/labels';
import type { ExactCache } from '../exact-cache.service';
import type { Invalidations } from '../invalidation/invalidations.service';
import { OwnerDirectory } from '../invalidation/owner-directory';
import { BadHits } from './bad-hits.service';
import { CountedTraces } from './counted-traces';
import { LabelBook } from './labels/label-book.service';
import { LabelStore } from './labels/label-store';
import type { SemanticStore } from './store/semantic-store';

const KEY = hex('a request');
const TRACE = '0199aaaa-0000-7000-8000-00000000002b';
const SHARING = [{ group: 'support', tenants: ['acme', 'globex'] }];

describe('a bad hit', () => {
  let database: TestDatabase;
  let clock: FakeClock;
  let kit: StoreKit;
  let marks: Invalidations;
  let exact: ExactCache;
  let labels: LabelBook;

  beforeAll(async () => {
    database = await openEmbedded();
  }, 60_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE semantic_entries, semantic_hits, semantic_labels');
    clock = new FakeClock(Date.now());
    kit = new StoreKit(database.dataSource, clock);
    marks = localMarks(clock);
    exact = cacheWith({ clock, marks });
    labels = new LabelBook(new LabelStore(database.dataSource), clock);
  });
  afterEach(() => labels.onApplicationShutdown());

  const ownersWith = (sharing: object[]): OwnerDirectory =>
    new OwnerDirectory(new ConfigStore(configWith({ sharing }), 'relay.yaml'));
  const badHits = (owners = ownersWith([]), store = kit.store, counted = new CountedTraces(null)): BadHits =>
    new BadHits(exact, marks, store, labels, owners, counted, clock);
  const report = (entryId: string, tenantId: string | null = 'acme', servedTo: string | null = null) => ({
    ...{ entryId, tenantId, servedTo },
    similarity: 0.98,
  });
  const answerOf = (tenantId: string, owner = `t:${tenantId}`) => {
    const source = { tenantId, owner, requestedModel: 'm', servedModel: 'm', tags: [], version: '1', key: KEY };
    return cachedAnswer({ createdAt: clock.now(), labels: labelsOf(source), epoch: marks.epoch });
  };
  const errorsCounted = (): number | undefined => labels.state('t:acme default', EMBEDDER, 0.05).measured?.hits;

  it('on a semantic entry counts as one error, however often it is reported', async () => {
    const entry = await kit.stored({ says: 'wrong' });
    expect(await badHits().mark(report(entry))).toEqual({ ok: true, value: { kind: 'semantic', removed: 1 } });
    expect(errorsCounted()).toBe(1);
    for (let i = 0; i < 3; i++) {
      expect(await badHits().mark(report(entry))).toEqual({ ok: true, value: { kind: 'semantic', removed: 0 } });
    }
    expect(errorsCounted()).toBe(1);
  });

  it('on an exact entry takes it out of service, and what was stored by meaning with it', async () => {
    await exact.put(KEY, answerOf('acme'));
    await kit.stored({ labels: answerOf('acme').labels });
    expect(await badHits().mark(report(KEY))).toEqual({ ok: true, value: { kind: 'exact', removed: 2 } });
    expect(exact.getL1(KEY)).toBeUndefined();
    expect(await kit.found()).toEqual([]);
  });

  it('on a key that nothing is stored under, or an entry of somebody else, makes no mark', async () => {
    await exact.put(KEY, answerOf('globex'));
    const refused = { ok: false, error: { code: 'not_found' } };
    expect(await badHits().mark(report(KEY))).toMatchObject(refused);
    expect(await badHits().mark(report(hex('another request'), null))).toMatchObject(refused);
    expect(marks.epoch).toBe(0);
    expect(exact.getL1(KEY)).toBeDefined();
  });

  it('is marked for an entry that nobody knows here when a trace shows that it was served', async () => {
    const elsewhere = answerOf('acme');
    expect(await badHits().mark(report(KEY, 'acme', TRACE))).toEqual({
      ok: true,
      value: { kind: 'exact', removed: 0 },
    });
    expect(marks.isVoid(elsewhere)).toBe(true);
  });

  it('of a trace that is told again voids nothing that was made since', async () => {
    const first = badHits();
    await exact.put(KEY, answerOf('acme'));
    expect(await first.mark(report(KEY, 'acme', TRACE))).toMatchObject({ ok: true, value: { removed: 1 } });
    await exact.put(KEY, answerOf('acme'));
    expect(await first.mark(report(KEY, 'acme', TRACE))).toEqual({ ok: true, value: { kind: 'exact', removed: 0 } });
    expect(exact.getL1(KEY)).toBeDefined();
    expect(await first.mark(report(KEY, 'acme', 'another trace'))).toMatchObject({ ok: true, value: { removed: 1 } });
  });

  it('of a trace may be told again when no other process could be reached the first time', async () => {
    const first = badHits();
    await exact.put(KEY, answerOf('acme'));
    const refusal = new RelayError('unavailable', 'away');
    jest.spyOn(marks, 'invalidate').mockResolvedValueOnce(err(refusal));
    expect(await first.mark(report(KEY, 'acme', TRACE))).toEqual(err(refusal));
    expect(await first.mark(report(KEY, 'acme', TRACE))).toMatchObject({ ok: true, value: { removed: 1 } });
  });

  it('is out of service before it is asked how alike the questions were', async () => {
    const entry = await kit.stored({ says: 'wrong' });
    const similarity = async (): Promise<number> => {
      expect(await kit.found()).toEqual([]);
      return 0.98;
    };
    expect(await badHits().mark({ ...report(entry), similarity })).toMatchObject({ ok: true, value: { removed: 1 } });
    expect(errorsCounted()).toBe(1);
  });

  it.each([
    ['exact', KEY],
    ['semantic', '0199aaaa-0000-7000-8000-00000000002a'],
  ])('on an entry of the %s cache is to be sent again while the database is away', async (_cache, entry) => {
    const away = () => Promise.reject(new Error('the database is away'));
    const store = { quarantine: away, remove: away, holds: away } as Partial<SemanticStore> as SemanticStore;
    const marking = badHits(ownersWith([]), store).mark(report(entry, 'acme', TRACE));
    expect(await marking).toMatchObject({ ok: false, error: { code: 'unavailable', retryAfterSeconds: 5 } });
  });

  it('reported by one of a sharing group reaches what the group shares, and nothing of others', async () => {
    const owners = ownersWith(SHARING);
    const [shared, other] = [answerOf('globex', owners.ownerOf('globex')), answerOf('initech')];
    await exact.put(KEY, shared);
    expect(await badHits(owners).mark(report(KEY))).toMatchObject({ ok: true, value: { removed: 1 } });
    expect(marks.isVoid(shared)).toBe(true);
    expect(marks.isVoid(other)).toBe(false);
    await exact.put(KEY, answerOf('initech'));
    expect(await badHits(owners).mark(report(KEY))).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });
});
