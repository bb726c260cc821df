const SAMPLE_INTERVAL_US = 500;

/** Node's arguments for the relay, as `npm start` and the image have them. */
export const RELAY_ARGS: readonly string[] = [
  '--max-semi-space-size=32',
  '--single-threaded-gc',
  '--heap-growing-percent=100',
];

/** Node's arguments for a server, with a CPU profile written at exit if a directory for it is given. */
export function nodeArgs(profileDirectory: string | null): string[] {
  if (profileDirectory === null) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`, `--cpu-prof-interval=${SAMPLE_INTERVAL_US}`];
}
