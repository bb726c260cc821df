import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { reasonOf } from '../../terminal';
import { failure, mebibytes, ok, warning, type Finding } from '../finding';

const MIN_FREE_BYTES = 268_435_456;
const LOW_FREE_BYTES = 2_147_483_648;
/** A minute or two of a busy relay: more is left behind only if the database was away. */
const MANY_SPOOL_BYTES = 67_108_864;
/** As the recorder of traces names it. */
const REFUSED_ROWS = 'rejected.ndjson';
const MAX_SPOOL_BYTES = 1_073_741_824;

/** The folder of the relay: can be written, has room, and holds no traces that nobody stored. */
export function checkStorage(dataDir: string): Finding[] {
  const folder = path.resolve(dataDir);
  if (!existsSync(folder)) {
    const above = path.dirname(folder);
    return [existsSync(above) ? room(above, `${folder}, made by the first start`) : missing(folder)];
  }
  return [room(folder, folder), spool(path.join(folder, 'spool'))];
}

const missing = (folder: string): Finding =>
  failure(
    'data folder',
    `${folder} cannot be made: there is no folder above it`,
    'set RELAY_DATA_DIR to a folder on a disk that lasts',
  );

function room(folder: string, name: string): Finding {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    const found = `${name}: ${mebibytes(free)} free`;
    if (free < MIN_FREE_BYTES)
      return failure('data folder', found, 'make room: traces that are not stored yet lie there');
    return free < LOW_FREE_BYTES ? warning('data folder', found, 'make room soon') : ok('data folder', found);
  } catch (error) {
    return failure(
      'data folder',
      `${name} cannot be written: ${reasonOf(error)}`,
      'let the user of the relay write there',
    );
  }
}

function spool(folder: string): Finding {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const waiting = files.filter((file) => file !== REFUSED_ROWS);
  const bytes = waiting.reduce((sum, file) => sum + sizeOf(path.join(folder, file)), 0);
  const found = `${mebibytes(bytes)} of traces not in the database`;
  if (bytes > MAX_SPOOL_BYTES * 0.9) return failure('spool', found, 'at 1 GiB traces are lost: see the database');
  if (waiting.length < files.length)
    return warning('spool', `${found}, and some that it refused`, `look at ${path.join(folder, REFUSED_ROWS)}`);
  return bytes > MANY_SPOOL_BYTES ? warning('spool', found, 'the database is away or too slow') : ok('spool', found);
}

/** A file that is stored meanwhile is gone. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
