import { ConfigStore, environmentSchema, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { err, ok, RelayError } from '@relay/core';
import { FakeClock, openEmbedded, openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { Seal } from '../seal';
import { FileGone, FileStore } from './file-store';
import { FilesService, MAX_UPLOADS, type UploadDetails } from './files.service';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('files on PostgreSQL, because TEST_DATABASE_URL is not set');
const backends: [string, () => Promise<TestDatabase>][] = databaseUrl ? [] : [['PGlite', openEmbedded]];
if (databaseUrl) backends.unshift(['PostgreSQL', () => openPostgres(databaseUrl, 'relay_files')]);

const MIB = 1_048_576;
const DAY_MS = 86_400_000;
const SECRET = 'a secret of at least 32 characters';
const LIST = { limit: 100, order: 'desc' } as const;
const details: UploadDetails = { filename: 'a.jsonl', purpose: 'batch', expiresAfter: null };

describe.each(backends)('files on %s', (_name, open) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let store: FileStore;
  let files: FilesService;

  const configWith = (maxBytes: number, maxBytesPerTenant: number): ConfigStore => {
    const policy = policyDocumentSchema.parse({ name: 'test', version: 1 });
    return new ConfigStore(
      { ...relayConfigSchema.parse({ files: { maxBytes, maxBytesPerTenant } }), policy },
      'relay.yaml',
    );
  };
  const config = configWith(3 * MIB, 4 * MIB);
  const storeWith = (secret?: string): FileStore => {
    const environment = environmentSchema.parse(secret ? { RELAY_ENCRYPTION_KEY: secret } : {});
    return new FileStore(database.dataSource, new Seal(environment), clock);
  };

  beforeAll(async () => {
    database = await open();
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE files CASCADE');
    clock = new FakeClock();
    store = storeWith();
    files = new FilesService(store, config, clock);
  });

  async function* inPieces(content: Buffer): AsyncGenerator<Buffer> {
    for (let at = 0; at < content.length; at += 65_536) yield await Promise.resolve(content.subarray(at, at + 65_536));
  }
  const upload = (tenant: string, content: Buffer, more: Partial<UploadDetails> = {}) => {
    clock.advance(1);
    return files.upload(tenant, inPieces(content), () => ok({ ...details, ...more }));
  };
  const uploaded = async (tenant: string, content: Buffer, more: Partial<UploadDetails> = {}) => {
    const file = await upload(tenant, content, more);
    if (!file.ok) throw file.error;
    return file.value;
  };
  const read = async (id: string, from = store): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    for await (const chunk of from.read(id)) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const rows = (): Promise<unknown[]> => database.dataSource.query('SELECT id FROM files');

  it('come back byte by byte', async () => {
    const content = Buffer.from(Array.from({ length: 2 * MIB + 5 }, (_, n) => n % 251));
    const file = await uploaded('acme', content);
    expect(file).toMatchObject({ object: 'file', bytes: content.length, filename: 'a.jsonl', status: 'processed' });
    expect((await read(file.id)).equals(content)).toBe(true);
    expect((await uploaded('acme', Buffer.alloc(0))).bytes).toBe(0);
  });

  it('that are removed while somebody reads them do not pass for shorter ones', async () => {
    const { id } = await uploaded('acme', Buffer.alloc(MIB + 1));
    const reading = store.read(id);
    expect((await reading.next()).value).toHaveLength(MIB);
    await files.remove(id, 'acme');
    await expect(reading.next()).rejects.toThrow(FileGone);
  });

  it('are listed page by page, by purpose, in either order', async () => {
    const ids: string[] = [];
    for (const purpose of ['batch', 'vision', 'batch'] as const)
      ids.push((await uploaded('acme', Buffer.from('x'), { purpose })).id);
    const listed = async (query: object) => {
      const { data, hasMore } = await files.list('acme', { ...LIST, ...query });
      return [data.map(({ id }) => ids.indexOf(id)), hasMore];
    };
    expect(await listed({ limit: 2 })).toEqual([[2, 1], true]);
    expect(await listed({ limit: 2, after: ids[1] })).toEqual([[0], false]);
    expect(await listed({ order: 'asc', purpose: 'batch' })).toEqual([[0, 2], false]);
  });

  it('are there for their tenant only', async () => {
    const { id } = await uploaded('acme', Buffer.from('x'));
    expect(await files.find(id, 'globex')).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await files.remove(id, 'globex')).toMatchObject({ ok: false });
    expect((await files.list('globex', LIST)).data).toEqual([]);
    expect(await files.remove(id, 'acme')).toMatchObject({ ok: true });
    await expect(read(id)).rejects.toThrow(FileGone);
    expect(await files.find("no id'; --", 'acme')).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });

  it('are refused beyond the bound of a file, and of a tenant, and leave nothing', async () => {
    expect(await upload('acme', Buffer.alloc(3 * MIB + 1))).toMatchObject({ error: { code: 'body_too_large' } });
    expect(await rows()).toHaveLength(0);
    await uploaded('acme', Buffer.alloc(2 * MIB));
    expect(await upload('acme', Buffer.alloc(2 * MIB + 1))).toMatchObject({ error: { code: 'body_too_large' } });
    await uploaded('globex', Buffer.alloc(3 * MIB));
    expect(await rows()).toHaveLength(2);
  });

  it('are refused where others have filled the room of their tenant meanwhile, long before they are whole', async () => {
    files = new FilesService(store, configWith(20 * MIB, 20 * MIB), clock);
    let late = 0;
    async function* slowly(): AsyncGenerator<Buffer> {
      for (let piece = 0; piece < 8; piece++) yield Buffer.alloc(MIB);
      await uploaded('acme', Buffer.alloc(12 * MIB));
      for (; late < 12; late++) yield Buffer.alloc(MIB);
    }
    const refused = await files.upload('acme', slowly(), () => ok(details));
    expect(refused).toMatchObject({ error: { code: 'body_too_large' } });
    expect(late).toBe(0);
    expect(await rows()).toHaveLength(1);
  });

  it('are refused where their tenant has too many on their way', async () => {
    let end = (): void => undefined;
    const held = new Promise<void>((resolve) => (end = resolve));
    async function* waiting(): AsyncGenerator<Buffer> {
      await held;
      yield Buffer.from('x');
    }
    const under = Array.from({ length: MAX_UPLOADS }, () => files.upload('acme', waiting(), () => ok(details)));
    expect(await upload('acme', Buffer.from('x'))).toMatchObject({ error: { code: 'overloaded' } });
    expect(await upload('globex', Buffer.from('x'))).toMatchObject({ ok: true });
    end();
    await Promise.all(under);
    expect(await upload('acme', Buffer.from('x'))).toMatchObject({ ok: true });
  });

  it('that break off, or are not what they should be, leave nothing', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.alloc(MIB));
      throw new RelayError('client_closed', 'gone');
    }
    await expect(files.upload('acme', broken(), () => ok(details))).rejects.toMatchObject({ code: 'client_closed' });
    const nonsense = () => err(new RelayError('invalid_request', 'purpose'));
    expect(await files.upload('acme', inPieces(Buffer.from('x')), nonsense)).toMatchObject({ ok: false });
    expect(await rows()).toHaveLength(0);
  });

  it('are not seen once their time is over, and then removed; so are uploads that nobody ended', async () => {
    const expiresAfter = { anchor: 'created_at', seconds: 3_600 } as const;
    const short = await uploaded('acme', Buffer.from('x'), { expiresAfter });
    const long = await uploaded('acme', Buffer.from('x'));
    await store.begin(`file-${'0'.repeat(32)}`, 'acme', clock.now());
    clock.advance(3_600_000);
    expect(await files.find(short.id, 'acme')).toMatchObject({ ok: false });
    expect((await files.list('acme', LIST)).data.map(({ id }) => id)).toEqual([long.id]);
    expect(await store.removeExpired()).toBe(1);
    clock.advance(DAY_MS);
    expect(await store.removeExpired()).toBe(1);
    expect(await rows()).toEqual([{ id: long.id }]);
  });

  it('lie sealed in the database where there is a key', async () => {
    const secret = storeWith(SECRET);
    files = new FilesService(secret, config, clock);
    const content = Buffer.from('what a tenant keeps here');
    const { id } = await uploaded('acme', content);
    const [row]: { content: Uint8Array }[] = await database.dataSource.query('SELECT content FROM file_chunks');
    expect(Buffer.from(row?.content ?? []).includes('tenant')).toBe(false);
    expect(await read(id, secret)).toEqual(content);
    await expect(read(id)).rejects.toThrow('RELAY_ENCRYPTION_KEY');
  });
});
