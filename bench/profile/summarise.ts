import type { TimeWindow } from '../runner/measurement';
import type { CpuProfile, CpuProfileNode } from './cpuprofile';
import { groupOf, isRuntime } from './group';

export interface ProfileEntry {
  readonly name: string;
  readonly us: number;
  readonly share: number; // of the busy time, 0 to 1
}

/** Where the CPU time of one thread went while it was measured. */
export interface ProfileReport {
  readonly label: string;
  readonly busyUs: number;
  readonly requests: number;
  readonly self: readonly ProfileEntry[]; // by the group whose code ran
  readonly billed: readonly ProfileEntry[]; // the runtime's time billed to the nearest caller that is not the runtime
  readonly functions: readonly ProfileEntry[];
}

/** Not work: the thread waits. */
const IDLE = '(idle)';
const NO_CALLER = 'runtime, no caller';

/** Self time within the windows; the start of the process and the pauses between rounds are left out. */
export function summariseProfile(
  label: string,
  profile: CpuProfile,
  windows: readonly TimeWindow[],
  requests: number,
  limits: { readonly groups: number; readonly functions: number },
): ProfileReport {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)),
  );
  const self = new Map<string, number>();
  const billed = new Map<string, number>();
  const functions = new Map<string, number>();
  let busyUs = 0;
  for (const [id, us] of selfTimes(profile, windows)) {
    const node = nodes.get(id);
    if (!node || node.callFrame.functionName === IDLE) continue;
    busyUs += us;
    add(self, groupOf(node.callFrame), us);
    add(billed, billedGroup(node, parents), us);
    add(functions, functionName(node.callFrame), us);
  }
  const top = (times: ReadonlyMap<string, number>, count: number): ProfileEntry[] =>
    [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([name, us]) => ({ name, us, share: us / busyUs }));
  return {
    label,
    busyUs,
    requests,
    self: top(self, limits.groups),
    billed: top(billed, limits.groups),
    functions: top(functions, limits.functions),
  };
}

/** µs per node id. A sample's time is the delta that follows it: until the next sample was taken. */
function selfTimes(profile: CpuProfile, windows: readonly TimeWindow[]): Map<number, number> {
  const times = new Map<number, number>();
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    at += profile.timeDeltas[index] ?? 0;
    const us = profile.timeDeltas[index + 1] ?? 0;
    if (us > 0 && windows.some(({ startUs, endUs }) => at >= startUs && at < endUs))
      times.set(id, (times.get(id) ?? 0) + us);
  }
  return times;
}

function billedGroup(node: CpuProfileNode, parents: ReadonlyMap<number, CpuProfileNode>): string {
  const own = groupOf(node.callFrame);
  if (own.startsWith('(')) return own; // garbage collector and native code have no caller to bill
  for (let at: CpuProfileNode | undefined = node; at; at = parents.get(at.id)) {
    const group = groupOf(at.callFrame);
    if (!isRuntime(group)) return group;
  }
  return NO_CALLER;
}

function functionName(frame: CpuProfileNode['callFrame']): string {
  const file = frame.url.split('/').slice(-1)[0] ?? '';
  const place = file === '' ? '' : ` (${file}:${frame.lineNumber + 1})`;
  return `${groupOf(frame)} ${frame.functionName || '(anonymous)'}${place}`;
}

function add(times: Map<string, number>, name: string, us: number): void {
  times.set(name, (times.get(name) ?? 0) + us);
}
