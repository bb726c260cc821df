/** Milliseconds of CPU time that this process spends in `work`: what else the machine does meanwhile does not count. */
export function cpuMs(work: () => void): number {
  const since = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
}
