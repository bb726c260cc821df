import { RelayError } from '@relay/core';

/** What a store says that cannot do its work at the moment, by the code of its error, and what whoever asked is told. */
interface StoreTrouble {
  readonly codes: RegExp;
  readonly message: string;
  readonly retryAfterSeconds: number;
}

const SHORTLY_SECONDS = 2;
/** Until somebody has made room, or the other database has taken over. */
const LATER_SECONDS = 30;

const AWAY: StoreTrouble = {
  codes: /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|08|57P)/, // node's; PostgreSQL's classes
  message: 'The database does not answer at the moment. Try again shortly.',
  retryAfterSeconds: SHORTLY_SECONDS,
};

const TROUBLES: readonly StoreTrouble[] = [
  AWAY,
  {
    codes: /^25006$/,
    message: 'The database takes no writes at the moment: it is read-only, as a standby is. Reading works.',
    retryAfterSeconds: LATER_SECONDS,
  },
  {
    codes: /^(53100|ENOSPC)$/,
    message: 'The database has no room: its disk is full. Nothing was changed; reading may work.',
    retryAfterSeconds: LATER_SECONDS,
  },
  {
    codes: /^53/, // out of memory, too many connections, a limit that was configured
    message: 'The database has no room for this at the moment: it is out of memory or connections. Try again shortly.',
    retryAfterSeconds: SHORTLY_SECONDS,
  },
  {
    codes: /^57014$/,
    message:
      'The database took too long and was stopped. Narrow the range: a shorter time (from, to), or a further filter.',
    retryAfterSeconds: SHORTLY_SECONDS,
  },
];

/** Errors of pg that have no code. */
const SILENT = /Query read timeout|timeout exceeded when trying to connect|Connection terminated/;

/** `unavailable` where a store cannot do its work, told from a statement that is wrong, which is `undefined`. */
export function storeError(thrown: unknown): RelayError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { code } = thrown as { code?: unknown };
  const coded = typeof code === 'string' ? TROUBLES.find(({ codes }) => codes.test(code)) : undefined;
  const trouble = coded ?? (SILENT.test(thrown.message) ? AWAY : undefined);
  if (trouble === undefined) return undefined;
  const { message, retryAfterSeconds } = trouble;
  return new RelayError('unavailable', message, { retryAfterSeconds, cause: thrown });
}
