import { mkdir } from 'node:fs/promises';
import { RedisServer } from '../../process/redis-server';
import { Rig } from '../../runner/rig';
import { openSurroundings } from '../../subjects/surroundings';
import { Crowd } from '../crowd/crowd';
import { crowdConfig } from '../crowd/crowd-config';
import { startGateway } from '../crowd/gateways';
import type { Experiment, ExperimentContext } from '../experiment';
import { clockAhead, type Fault, FAULTS } from './faults';
import { type FaultRun, measureFault, SERVICE, SLOTS, TENANT } from './measure';
import { faultGoals, faultSection, faultWarnings } from './report';

export const hostile: Experiment = {
  summary: 'two gateways under load: one is killed, Redis crashes, Redis hangs, a clock is a minute ahead',
  defaults: { seconds: 8, rounds: 1 },
  run: async (context) => {
    const runs: FaultRun[] = [];
    let facts: Readonly<Record<string, string>> = {};
    for (const fault of FAULTS) {
      context.say(fault.title);
      const { run, facts: told } = await runFault(fault, context);
      runs.push(run);
      facts = told;
    }
    const { seconds } = context.options;
    return {
      method: `once each: ${seconds} s before, and ${seconds} s and more after it is over, until nothing waits.`,
      sections: runs.map(faultSection),
      goals: runs.flatMap(faultGoals),
      warnings: runs.flatMap(faultWarnings),
      facts: { ...facts, gateways: '2, with a Redis of their own' },
      details: { runs },
    };
  },
};

/** Everything is started anew for each fault, so that none inherits another's damage. */
async function runFault(
  fault: Fault,
  { options, temporary }: ExperimentContext,
): Promise<{ run: FaultRun; facts: Readonly<Record<string, string>> }> {
  await mkdir(temporary, { recursive: true });
  const rig = await Rig.start({ ...SERVICE, record: 1 });
  try {
    const surroundings = await openSurroundings();
    rig.owns(surroundings);
    const redis = await RedisServer.start();
    rig.owns(redis);
    const terms = {
      surroundings: { databaseUrl: surroundings.databaseUrl, redisUrl: redis.url },
      temporary,
      config: (upstreamUrl: string) => crowdConfig(upstreamUrl, { slots: SLOTS, tenants: [TENANT] }),
    };
    const env = fault.clockAheadMs === undefined ? {} : await clockAhead(temporary, fault.clockAheadMs);
    const first = await startGateway(rig, 'first', terms);
    const second = await startGateway(rig, 'second', { ...terms, env });
    const stage = { rig, redis, first, second, crowd: new Crowd(rig) };
    return { run: await measureFault(fault, stage, options.seconds), facts: surroundings.facts };
  } finally {
    await rig.stop();
  }
}
