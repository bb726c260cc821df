import type { LoadSpec } from '../load/protocol';
import type { LoadGenerator } from '../process/load-generator';
import { cpuTimeWhenQuiet, memory } from '../process/usage';
import type { Phase, ScenarioPlan } from '../scenarios/scenario';
import type { RunningSubject } from '../subjects/subject';
import type { Measurement } from './measurement';

const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n);

export function loadSpec(subject: RunningSubject, plan: ScenarioPlan, phase: Phase, seconds: number): LoadSpec {
  const { port, path, headers } = subject;
  return {
    target: { host: '127.0.0.1', port, path, headers },
    workload: plan.workload,
    arrivals: phase.arrivals,
    seconds,
  };
}

/** Load from a quiet start to a quiet end, so that work put off until after the answer is counted too. */
export async function measure(
  generator: LoadGenerator,
  subject: RunningSubject,
  spec: LoadSpec,
  where: { readonly phase: string; readonly round: number; readonly label: string },
): Promise<Measurement> {
  const before = await cpuTimeWhenQuiet(subject.pid);
  const startUs = nowUs();
  const load = await generator.run(spec);
  const { rssMb } = memory(subject.pid);
  const after = await cpuTimeWhenQuiet(subject.pid);
  const perRequest = (ms: number): number => (ms * 1_000) / Math.max(1, load.requests);
  return {
    ...where,
    cpuUsPerRequest: perRequest(after.all - before.all),
    mainCpuUsPerRequest: perRequest(after.main - before.main),
    rssMb,
    window: { startUs, endUs: nowUs() },
    load,
  };
}
