import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who writes a segment; part of the file's name, so that a dead owner can be told from a living one. */
export interface SegmentOwner {
  readonly host: string;
  /** Inode of the pid namespace: containers may share a host name, yet see only their own processes. 0 where unknown. */
  readonly namespace: number;
  readonly pid: number;
  /** When the process was born, in the kernel's ticks; tells a process from a later one with its pid. 0 where unknown. */
  readonly born: number;
  /** Random, unique per spool: a restarted container often has the pid it had before. */
  readonly start: string;
}

/** Files of before the namespace was told have none. */
const NAME = /^segment_([A-Za-z0-9-]+)_(?:n(\d+)_)?(\d+)_(\d+)_([0-9a-f]+)_(\d+)\.ndjson$/;

/** Starts of the spools that are open in this very process. */
const ownStarts = new Set<string>();

export function claimOwner(): SegmentOwner {
  const start = randomBytes(6).toString('hex');
  ownStarts.add(start);
  const host = hostname().replace(/[^A-Za-z0-9]+/g, '-') || 'host';
  return { host, namespace: pidNamespace(), pid: process.pid, born: processBirth(process.pid), start };
}

export function releaseOwner(owner: SegmentOwner): void {
  ownStarts.delete(owner.start);
}

export function segmentName(owner: SegmentOwner, sequence: number): string {
  const { host, namespace, pid, born, start } = owner;
  return `segment_${host}_n${namespace}_${pid}_${born}_${start}_${String(sequence).padStart(8, '0')}.ndjson`;
}

/** `undefined` if the file is not a segment. */
export function segmentOwner(name: string): SegmentOwner | undefined {
  const [, host, namespace = 0, pid, born, start] = NAME.exec(name) ?? [];
  if (host === undefined || start === undefined) return undefined;
  return { host, namespace: Number(namespace), pid: Number(pid), born: Number(born), start };
}

/** A living owner touches its segments at least every 15 s; one on another machine or in another container that has not for this long is dead. */
export const FOREIGN_SILENCE_MS = 120_000;

/** Whether nobody will ever ship the segment unless we do. `silentMs` is the time since it was last written or touched. */
export function isOrphan(owner: SegmentOwner, self: SegmentOwner, silentMs: number): boolean {
  if (owner.host !== self.host || owner.namespace !== self.namespace) return silentMs > FOREIGN_SILENCE_MS;
  if (owner.pid === self.pid) return !ownStarts.has(owner.start);
  return !isRunning(owner.pid) || processBirth(owner.pid) !== owner.born;
}

/** pid_namespaces(7); the link reads `pid:[4026531836]`. */
function pidNamespace(): number {
  try {
    return Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 0);
  } catch {
    return 0;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // runs, but is not ours
  }
}

/** When a process was born, 0 if unknown. Field 22 of /proc/<pid>/stat (proc(5)); the name in field 2 may hold spaces, so fields are counted from its bracket. */
export function processBirth(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0);
  } catch {
    return 0;
  }
}
