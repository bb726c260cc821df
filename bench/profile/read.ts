import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Measurement } from '../runner/measurement';
import type { CpuProfile } from './cpuprofile';
import { summariseProfile, type ProfileReport } from './summarise';

const LIMITS = { groups: 20, functions: 30 } as const;
/** Threads that were busy for less than this share of the busiest one are not shown. */
const MIN_THREAD_SHARE = 0.02;

/** One report for each thread of a contender that did a noteworthy part of the work, the busiest first. */
export async function readProfiles(
  label: string,
  directory: string,
  measurements: readonly Measurement[],
): Promise<ProfileReport[]> {
  const mine = measurements.filter((one) => one.label === label);
  const requests = mine.reduce((total, one) => total + one.load.requests, 0);
  const reports: ProfileReport[] = [];
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.cpuprofile')) continue;
    const profile = JSON.parse(await readFile(path.join(directory, name), 'utf8')) as CpuProfile;
    // CPU.<date>.<time>.<pid>.<thread>.<sequence>.cpuprofile
    const thread = name.split('.')[4] ?? '?';
    reports.push(
      summariseProfile(
        `${label}, thread ${thread}`,
        profile,
        mine.map((one) => one.window),
        requests,
        LIMITS,
      ),
    );
  }
  reports.sort((a, b) => b.busyUs - a.busyUs);
  const busiest = reports[0]?.busyUs ?? 0;
  return reports.filter((report) => report.busyUs > 0 && report.busyUs >= busiest * MIN_THREAD_SHARE);
}
