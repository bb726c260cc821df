import { contentCipher, type ConfigProblem, type Environment } from '@relay/config';
import type { DataSource } from 'typeorm';

const PURPOSE = 'relay/encryption-check';
const VALUE = Buffer.from('The encryption key of this database.');
const PLACE = 'encryption check';
const GIVE_UP =
  'if that one is lost: DELETE FROM encryption_check, and what it sealed (payloads, responses, files, answers) stays unreadable';

type Keys = Pick<Environment, 'RELAY_ENCRYPTION_KEY' | 'RELAY_ENCRYPTION_KEY_PREVIOUS'>;

/**
 * Whether this process has the key that the others seal with: without it, it would take what they stored for lost. The first process with
 * a key leaves a sealed value in the database that all who start later have to be able to open.
 */
export async function checkEncryptionKey(dataSource: DataSource, keys: Keys): Promise<ConfigProblem | null> {
  const cipher = contentCipher(PURPOSE, keys);
  const there = (await read(dataSource)) ?? (cipher && (await leave(dataSource, cipher.seal(VALUE, PLACE))));
  if (there === null) return null;
  if (cipher === null)
    return problem('nothing, and data in the database that is sealed', 'the secret that the other processes have');
  if (cipher.open(there, PLACE) === undefined)
    return problem(
      'another secret than the data in the database is sealed with (value hidden)',
      'that secret, or a new one with that in RELAY_ENCRYPTION_KEY_PREVIOUS',
    );
  const current = contentCipher(PURPOSE, { ...keys, RELAY_ENCRYPTION_KEY_PREVIOUS: undefined });
  if (current?.open(there, PLACE) === undefined) await renew(dataSource, there, cipher.seal(VALUE, PLACE));
  return null;
}

const problem = (found: string, allowed: string): ConfigProblem => ({
  ...{ file: 'environment', path: 'RELAY_ENCRYPTION_KEY', found },
  allowed: `${allowed}; ${GIVE_UP}`,
});

async function read(dataSource: DataSource): Promise<Buffer | null> {
  const [row] = await dataSource.query<{ sealed: Buffer }[]>('SELECT sealed FROM encryption_check');
  return row ? Buffer.from(row.sealed) : null;
}

/** What is there afterwards: of two processes that start together, what the first one left. Null: nothing can be written. */
async function leave(dataSource: DataSource, sealed: Buffer): Promise<Buffer | null> {
  try {
    await dataSource.query('INSERT INTO encryption_check (id, sealed) VALUES (1, $1) ON CONFLICT DO NOTHING', [sealed]);
  } catch {
    return null; // a database that takes nothing for now: the next start leaves it
  }
  return read(dataSource);
}

async function renew(dataSource: DataSource, before: Buffer, sealed: Buffer): Promise<void> {
  const update = 'UPDATE encryption_check SET sealed = $2, sealed_at = now() WHERE id = 1 AND sealed = $1';
  await dataSource.query(update, [before, sealed]).catch(() => undefined); // likewise
}
