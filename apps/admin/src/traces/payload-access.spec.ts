import { AuditLog, type AuthenticatedUser } from '@relay/auth';
import { auditQuerySchema, type TraceDetail, type TracePage } from '@relay/contracts';
import { FakeClock, openEmbedded, type TestDatabase } from '@relay/testing';
import type { PayloadVault } from '@relay/trace';
import { PayloadAccess } from './payload-access';

const user = (role: AuthenticatedUser['role'], id = role): AuthenticatedUser => ({
  ...{ id, email: `${id}@relay.local`, role, tenant: role === 'tenant-admin' ? 'acme' : null },
});
let detail: TraceDetail;
const traceOf = (id: string) =>
  ({ id, tenant: 'acme', payload: { request: 'asked', response: 'said' } }) as TraceDetail;

describe('reading what tenants said', () => {
  let database: TestDatabase;
  let clock: FakeClock;
  let log: AuditLog;
  let access: PayloadAccess;
  const vault = { isSearchable: false } as PayloadVault;

  beforeAll(async () => void (database = await openEmbedded()), 60_000);
  afterAll(() => database.close());
  let tests = 0;
  beforeEach(() => {
    detail = traceOf(`trace-${++tests}`); // entries of the audit log stay
    clock = new FakeClock();
    log = new AuditLog(database.dataSource, clock);
    access = new PayloadAccess(database.dataSource, log, vault, clock);
  });
  const audited = async (): Promise<unknown[]> => {
    const page = await log.list(auditQuerySchema.parse({}));
    return page.ok ? page.value.data.filter(({ target }) => target === detail.id) : [];
  };

  it('is hidden from viewers, who see the rest of the trace', async () => {
    expect(await access.show(detail, user('viewer'))).toEqual({ ...detail, payload: null, payloadHidden: true });
    expect(await audited()).toEqual([]);
  });

  it('is an entry of the audit log where somebody of the operation does it, one for each reading', async () => {
    for (const reader of [user('owner'), user('operator'), user('owner')])
      expect((await access.show(detail, reader)).payload).toEqual(detail.payload);
    expect(await audited()).toMatchObject([
      { actor: { email: 'operator@relay.local' } },
      {
        actor: { email: 'owner@relay.local' },
        action: 'trace.payload-read',
        target: detail.id,
        detail: { tenant: 'acme' },
      },
    ]);
    clock.advance(600_000);
    await access.show(detail, user('owner'));
    expect(await audited()).toHaveLength(3);
  });

  it('is nothing that the tenant itself has to account for, nor where nothing is kept', async () => {
    expect((await access.show(detail, user('tenant-admin'))).payload).toEqual(detail.payload);
    await access.show({ ...detail, payload: null }, user('owner'));
    expect(await audited()).toEqual([]);
  });

  it('does not happen where it cannot be told', async () => {
    const failing = { append: () => Promise.reject(new Error('the disk is full')) } as unknown as AuditLog;
    const unaudited = new PayloadAccess(database.dataSource, failing, vault, clock);
    await expect(unaudited.show(detail, user('owner'))).rejects.toThrow('the disk is full');
  });

  it('is not to be guessed by searching: viewers search rows alone', () => {
    expect(access.searchOf({ q: 'was' }, user('viewer'))).toEqual({ q: 'was', hidesWords: true });
    for (const reader of [user('operator'), user('tenant-admin')])
      expect(access.searchOf({ q: 'was', text: 'said' }, reader)).toEqual({ q: 'was', text: 'said' });
    expect(() => access.searchOf({ text: 'was' }, user('viewer'))).toThrow(
      expect.objectContaining({ code: 'forbidden', param: 'text' }) as Error,
    );
  });

  it.each(['q', 'text'])('and %s tells whether words were looked for: not where sealed, not for viewers', (name) => {
    const page = { data: [{ id: 'a' }], nextCursor: null } as TracePage;
    const open = new PayloadAccess(database.dataSource, log, { isSearchable: true } as PayloadVault, clock);
    const asked = { [name]: 'was' };
    expect(access.list(page, asked, user('operator')).wordsSearched).toBe(false);
    expect(open.list(page, asked, user('operator')).wordsSearched).toBe(true);
    expect(open.list(page, asked, user('viewer')).wordsSearched).toBe(false);
    expect(open.list(page, {}, user('operator'))).toEqual(page);
  });
});
