import type { System } from '@relay/contracts';
import { warningsOf } from './warnings';

const SYSTEM: Omit<System, 'warnings'> = {
  ...{
    version: '1',
    nodeVersion: '20',
    startedAt: '',
    uptimeMs: 0,
    roles: ['gateway'],
    form: 'distributed',
    processes: [],
  },
  database: {
    kind: 'postgres',
    state: 'up',
    version: '16',
    bytes: 1,
    migrations: { applied: 1, known: 1, last: null },
  },
  redis: { configured: true, state: 'up' },
  spool: { queued: 0, bytes: 0, dropped: 0, rejected: 0, lastError: null },
  queues: { backend: 'redis', maintenance: null },
  retention: { tracesDays: 30, responsesDays: 30, alertsDays: 90 },
  config: { file: 'relay.yaml', providers: 1, models: 1, tenants: 1, loadedAt: '', lastReload: null },
  vault: null,
  encryption: true,
  alerts: { firing: 0, critical: 0 },
};
const NONE = { adminPassword: false, jwtSecret: false };
const codes = (changes: Partial<System>, generated = NONE): string[] =>
  warningsOf({ system: { ...SYSTEM, ...changes }, generated }).map(({ code }) => code);

describe('the warnings about this relay', () => {
  it('are none where all is well', () => expect(codes({})).toEqual([]));

  it('come with the worst first', () => {
    expect(
      codes({ encryption: false, redis: { configured: true, state: 'down' } }, { ...NONE, adminPassword: true }),
    ).toEqual([...['redis-down', 'generated-admin-password', 'no-encryption-key']]);
  });

  it('tell of other processes too', () => {
    const process = { id: 'p', roles: [], version: '1', startedAt: '', seenAt: '' };
    const ill = { ...process, spool: { queued: 1, bytes: 2 ** 30, dropped: 3 }, openBreakers: ['groq'] };
    expect(codes({ processes: [ill] })).toEqual(['breaker-open', 'traces-dropped', 'spool-backlog']);
  });

  it('tell of a refused configuration, of alerts, and of a secret that other processes do not know', () => {
    const lastReload = { at: '', applied: false, problems: ['relay.yaml:1:1: x'] };
    expect(codes({ config: { ...SYSTEM.config, lastReload } })).toEqual(['config-refused']);
    expect(codes({ alerts: { firing: 2, critical: 0 } })).toEqual(['alerts-firing']);
    expect(codes({}, { ...NONE, jwtSecret: true })).toEqual(['generated-jwt-secret']);
    expect(codes({ form: 'embedded' }, { ...NONE, jwtSecret: true })).toEqual([]);
  });
});
