import { Rig } from '../../runner/rig';
import { openSurroundings } from '../../subjects/surroundings';
import { Crowd } from '../crowd/crowd';
import { crowdConfig } from '../crowd/crowd-config';
import { startGateways } from '../crowd/gateways';
import type { Experiment } from '../experiment';
import { BACKLOGS, FLOOD, POLITE, SERVICE, SLOTS } from './load';
import { type BacklogPhase, type FloodPhase, measureBacklog, measureFlood, type Stage } from './measure';
import { backlogSection, floodGoals, floodSection, floodWarnings, type Round } from './report';

const MULTIPLES = [0, 3, 10, 30, 100];
/** Of one tenant in one gateway: what is above is refused, so that each phase is soon over. */
const MAX_QUEUED_PER_TENANT = 20;

export const flood: Experiment = {
  summary:
    'a polite tenant beside one that floods at 3 to 100 times its share, over two gateways; four backlogged tenants of unequal weight',
  defaults: { seconds: 9, rounds: 1, warmup: 3 },
  run: async ({ options, temporary, say }) => {
    const rig = await Rig.start({ ...SERVICE, record: 1 });
    try {
      const surroundings = await openSurroundings();
      rig.owns(surroundings);
      const tenants = [POLITE, FLOOD, ...Object.values(BACKLOGS).flat()];
      const terms = { slots: SLOTS, tenants, scheduler: { maxQueuedPerTenant: MAX_QUEUED_PER_TENANT } };
      const names = surroundings.redisUrl === undefined ? ['first'] : ['first', 'second'];
      const config = (upstreamUrl: string) => crowdConfig(upstreamUrl, terms);
      const gateways = await startGateways(rig, names, { surroundings, temporary, config });
      const stage = { rig, gateways, crowd: new Crowd(rig), say };
      await measureFlood(stage, 3, options.warmup);
      const rounds: Round[] = [];
      for (let round = 1; round <= options.rounds; round++) rounds.push(await measureRound(stage, options.seconds));
      return {
        method: `${options.rounds} round of ${options.seconds} s a phase; each phase ends when the last reply is there. Ratios are taken within a round against the polite tenant alone, and their median is shown.`,
        sections: [floodSection(rounds), ...Object.keys(BACKLOGS).map((title) => backlogSection(title, rounds))],
        goals: floodGoals(rounds),
        warnings: floodWarnings(rounds, gateways.length),
        facts: { ...surroundings.facts, gateways: String(gateways.length) },
        details: { rounds },
      };
    } finally {
      await rig.stop();
    }
  },
};

async function measureRound(stage: Stage, seconds: number): Promise<Round> {
  const phases: FloodPhase[] = [];
  for (const multiple of MULTIPLES) phases.push(await measureFlood(stage, multiple, seconds));
  const backlogs: Record<string, BacklogPhase> = {};
  for (const [title, backlogged] of Object.entries(BACKLOGS))
    backlogs[title] = await measureBacklog(stage, backlogged, seconds);
  return { phases, backlogs };
}
