import { FakeClock } from '@relay/testing';
import type { DataSource } from 'typeorm';
import type { AuditLog } from './audit/audit-log';
import type { AuditEntry } from './audit/chain';
import { LoginAudit } from './login-audit';

const USER = { id: 'u-1', email: 'ann@example.org', role: 'viewer', tenant: null } as const;

describe('what the audit log is told of logins', () => {
  const clock = new FakeClock();
  let told: AuditEntry[];
  let audit: LoginAudit;
  beforeEach(() => {
    told = [];
    const log = { append: async (entry: AuditEntry) => void told.push(entry) } as unknown as AuditLog;
    const dataSource = { transaction: (work: () => Promise<void>) => work() } as unknown as DataSource;
    audit = new LoginAudit(dataSource, log, clock);
  });

  it('is who logged in, from where and how', async () => {
    await audit.succeeded(USER, '192.0.2.1', 'okta');
    expect(told).toEqual([
      {
        actor: { id: 'u-1', email: 'ann@example.org' },
        ...{ action: 'login.success', target: 'u-1', detail: { address: '192.0.2.1', method: 'okta' } },
      },
    ]);
  });

  it('is no more than so many failures a minute, and how many were not told', async () => {
    for (let n = 0; n < 100; n++) await audit.failed(null, '192.0.2.1');
    expect(told).toHaveLength(60);
    clock.advance(60_000);
    await audit.failed(USER, '192.0.2.1');
    await audit.failed(USER, '192.0.2.1');
    expect(told.slice(60).map(({ detail }) => detail['untold'])).toEqual([40, undefined]);
  });

  it('is every success, however many failures there are', async () => {
    for (let n = 0; n < 100; n++) await audit.failed(null, '192.0.2.1');
    await audit.succeeded(USER, '192.0.2.1');
    expect(told.at(-1)?.action).toBe('login.success');
  });
});
