import type { System, SystemWarning } from '@relay/contracts';

/** What is wrong, from what is known; `generated` are secrets that the relay made up itself and that lie in its data folder. */
export interface WarningFacts {
  readonly system: Omit<System, 'warnings'>;
  readonly generated: { readonly adminPassword: boolean; readonly jwtSecret: boolean };
}

const BYTES_PER_MIB = 1_048_576;
const BACKLOG_BYTES = 64 * BYTES_PER_MIB;
const ORDER = { critical: 0, warning: 1, info: 2 } as const satisfies Record<SystemWarning['severity'], number>;

/** The worst first. */
export function warningsOf({ system, generated }: WarningFacts): SystemWarning[] {
  const found: SystemWarning[] = [...storeWarnings(system), ...traceWarnings(system), ...configWarnings(system)];
  const say = (code: SystemWarning['code'], severity: SystemWarning['severity'], message: string): void =>
    void found.push({ code, severity, message });
  if (generated.adminPassword)
    say(
      'generated-admin-password',
      'warning',
      "The first admin's generated password lies in credentials.json: set another one, then remove it there.",
    );
  if (generated.jwtSecret && system.form === 'distributed')
    say(
      'generated-jwt-secret',
      'warning',
      'RELAY_JWT_SECRET is not set: other processes do not take the tokens of this one.',
    );
  if (!system.encryption)
    say(
      'no-encryption-key',
      'info',
      'RELAY_ENCRYPTION_KEY is not set: files, responses, kept prompts and channels of alerts are stored unsealed.',
    );
  return found.sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}

function storeWarnings({ database, redis, processes, alerts }: WarningFacts['system']): SystemWarning[] {
  const open = [...new Set(processes.flatMap(({ openBreakers }) => openBreakers))];
  return [
    ...one(
      database.state === 'down',
      'database-down',
      'critical',
      'The database does not answer; traces wait in the spool.',
    ),
    ...one(
      redis.state === 'down',
      'redis-down',
      'critical',
      'Redis does not answer: limits and slots hold in each process for itself.',
    ),
    ...one(open.length > 0, 'breaker-open', 'critical', `Not called, because calls failed: ${open.join(', ')}.`),
    ...one(
      (alerts?.firing ?? 0) > 0,
      'alerts-firing',
      (alerts?.critical ?? 0) > 0 ? 'critical' : 'warning',
      `Alerts that fire: ${alerts?.firing ?? 0}, critical: ${alerts?.critical ?? 0}.`,
    ),
  ];
}

function traceWarnings({ spool, processes }: WarningFacts['system']): SystemWarning[] {
  const bytes = Math.max(spool.bytes, ...processes.map((each) => each.spool.bytes));
  const dropped = Math.max(spool.dropped, ...processes.map((each) => each.spool.dropped));
  return [
    ...one(
      bytes >= BACKLOG_BYTES,
      'spool-backlog',
      'warning',
      `${Math.round(bytes / BYTES_PER_MIB)} MiB of traces of a process are not in the database yet.`,
    ),
    ...one(
      dropped > 0,
      'traces-dropped',
      'critical',
      `${dropped} traces of a process were lost: its disk and memory were full.`,
    ),
  ];
}

function configWarnings({ config: { lastReload }, vault }: WarningFacts['system']): SystemWarning[] {
  const refused = lastReload !== null && !lastReload.applied;
  const count = lastReload?.problems.length ?? 0;
  return [
    ...one(
      refused,
      'config-refused',
      'warning',
      `The last change of relay.yaml was refused for ${count} problems; the one before stays.`,
    ),
    ...one(
      (vault?.problem ?? null) !== null,
      'vault-unread',
      'warning',
      `Secrets of Vault cannot be read: ${vault?.problem ?? ''}. Those that were read before are in use.`,
    ),
  ];
}

const one = (
  holds: boolean,
  code: SystemWarning['code'],
  severity: SystemWarning['severity'],
  message: string,
): SystemWarning[] => (holds ? [{ code, severity, message }] : []);
