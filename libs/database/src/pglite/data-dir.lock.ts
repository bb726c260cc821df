import { randomUUID } from 'node:crypto';
import {
  closeSync,
  linkSync,
  chmodSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';

/** How often the holder touches its lock file, so that another host (or container) that cannot see its process knows it lives. */
const HEARTBEAT_MS = 5_000;
/** A lock of another host that was not touched for this long belongs to a dead process. */
const FOREIGN_STALE_MS = 3 * HEARTBEAT_MS;
const MAX_ATTEMPTS = 5;

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Containers may share a host name, yet see only their own processes. null where the system knows no such thing. */
  readonly pidNamespace: string | null;
  /** Start time of the process in kernel ticks, where the system tells: a reused pid is then not taken for the holder. */
  readonly started: string | null;
  readonly token: string;
}

export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
}

/** The fields of /proc/<pid>/stat from the third on, proc(5); empty where there is no /proc or no such process. */
function processStat(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** Field 22. */
const processStart = (pid: number): string | null => processStat(pid)[19] ?? null;

/** Field 3: dead, and only waiting for its parent to notice. */
const isZombie = (pid: number): boolean => processStat(pid)[0] === 'Z';

/** pid_namespaces(7), such as `pid:[4026531836]`. */
function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function parseHolder(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null; // torn: its writer died between creating and writing it
  }
}

/** Whether the holder's process cannot be looked up from here. */
function isForeign(holder: Holder): boolean {
  return holder.host !== hostname() || holder.pidNamespace !== pidNamespace();
}

function isAlive(holder: Holder, touchedMs: number): boolean {
  if (isForeign(holder)) return Date.now() - touchedMs < FOREIGN_STALE_MS;
  if (!processExists(holder.pid) || isZombie(holder.pid)) return false;
  return holder.started === null || holder.started === processStart(holder.pid);
}

/** The embedded database writes its files for all to read: the folder above them is the owner's alone. */
const PRIVATE_FOLDER = 0o700;

/** Keeps two relays off one data folder: PGlite has no lock of its own, and two writers would destroy the database. */
export class DataDirLock {
  private constructor(
    private readonly file: string,
    private readonly token: string,
    private readonly heartbeat: NodeJS.Timeout,
  ) {}

  /** Throws `DataDirInUseError` if another process holds it. The lock of a dead process is taken over. */
  static acquire(dataDir: string): DataDirLock {
    mkdirSync(dataDir, { recursive: true, mode: PRIVATE_FOLDER });
    chmodSync(dataDir, PRIVATE_FOLDER); // an older folder, or a umask: whoever can read it can read every prompt and key hash
    const file = path.join(dataDir, 'relay.lock');
    const token = randomUUID();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (tryCreate(file, token)) return new DataDirLock(file, token, startHeartbeat(file));
      removeIfStale(file, dataDir);
    }
    throw new DataDirInUseError(`The lock ${file} is taken again and again by other processes.`);
  }

  release(): void {
    clearInterval(this.heartbeat);
    try {
      if (parseHolder(readFileSync(this.file, 'utf8'))?.token === this.token) rmSync(this.file, { force: true });
    } catch {
      // Gone already, or the folder is: nothing is left to release.
    }
  }
}

function tryCreate(file: string, token: string): boolean {
  const [pid, host] = [process.pid, hostname()];
  const holder: Holder = { pid, host, pidNamespace: pidNamespace(), started: processStart(pid), token };
  try {
    const fd = openSync(file, 'wx', 0o600);
    writeSync(fd, JSON.stringify(holder));
    closeSync(fd);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function startHeartbeat(file: string): NodeJS.Timeout {
  const beat = (): void => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // Removed by hand: the next relay to start will not be stopped, which is what that person asked for.
    }
  };
  return setInterval(beat, HEARTBEAT_MS).unref();
}

/** Moves a dead holder's lock away. If it was replaced by a live one between reading and moving, it is put back. */
function removeIfStale(file: string, dataDir: string): void {
  let text: string;
  let touchedMs: number;
  try {
    text = readFileSync(file, 'utf8');
    touchedMs = statSync(file).mtimeMs;
  } catch {
    return; // released meanwhile
  }
  const holder = parseHolder(text);
  if (holder && isAlive(holder, touchedMs)) {
    throw new DataDirInUseError(
      `The data folder ${path.resolve(dataDir)} is in use by another relay (pid ${holder.pid} on ${holder.host}). ` +
        'Stop it, or give this one its own RELAY_DATA_DIR. To share data between several relays set DATABASE_URL.' +
        (isForeign(holder) ? ` If it is dead, its claim ends ${FOREIGN_STALE_MS / 1_000} s after its end.` : ''),
    );
  }
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== text) linkSync(aside, file);
  } catch {
    // Another process was quicker; the next attempt sees what it left.
  }
  rmSync(aside, { force: true });
}
