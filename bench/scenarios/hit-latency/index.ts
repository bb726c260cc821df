import path from 'node:path';
import type { BenchOptions } from '../../options';
import { keepStoresApart } from '../../process/stores-apart';
import { Rig } from '../../runner/rig';
import { direct } from '../../subjects/direct';
import { reference } from '../../subjects/reference';
import { openSurroundings } from '../../subjects/surroundings';
import type { Experiment, ExperimentResult } from '../experiment';
import type { HitCase, Stage } from './hit-case';
import { l1Hits } from './l1-hits';
import { l2Hits } from './l2-hits';
import { measureCase, type Passers } from './measure-case';
import { caseGoal, caseSection, caseWarnings } from './report-case';
import { semanticHits } from './semantic-hits';

/** The kinds of hits. A new one is a file here and a name below. */
const CASES: readonly HitCase[] = [l1Hits, l2Hits, semanticHits];

type CaseResult = Omit<ExperimentResult, 'facts' | 'method'>;

export const hitLatency: Experiment = {
  summary: 'P99 of cache hits, by tier, at 70% of the load that saturates the relay with them',
  run: async ({ options, temporary, say }) => {
    const rig = await Rig.start({});
    try {
      const surroundings = await openSurroundings();
      rig.owns(surroundings);
      const apart = await keepStoresApart(surroundings);
      rig.owns(apart);
      const passers: Passers = {
        reference: await rig.add(reference.start, path.join(temporary, 'reference')),
        direct: await rig.add(direct.start, path.join(temporary, 'direct')),
      };
      const results: CaseResult[] = [];
      for (const one of CASES)
        results.push(await runCase(one, passers, options, { rig, surroundings, temporary, say }));
      const { rounds, seconds } = options;
      return {
        method: `${rounds} rounds of ${seconds} s each, in turn; figures are medians over the rounds, RSS the maximum.`,
        sections: results.flatMap(({ sections }) => sections),
        goals: results.flatMap(({ goals }) => goals),
        warnings: results.flatMap(({ warnings }) => warnings),
        details: results.map(({ details }) => details),
        facts: { ...surroundings.facts, "not on the server's core": apart.moved.join(', ') || 'none of the stores' },
      };
    } finally {
      await rig.stop();
    }
  },
};

async function runCase(one: HitCase, passers: Passers, options: BenchOptions, stage: Stage): Promise<CaseResult> {
  const lacking = one.missing(stage.surroundings);
  if (lacking !== null)
    return { sections: [], goals: [], warnings: [`${one.title} were not measured: ${lacking}`], details: {} };
  const cache = await one.fill(stage);
  const measured = await measureCase(one, cache, passers, options, stage);
  for (const server of cache.started) await server.stop();
  return {
    sections: [caseSection(one, measured)],
    goals: [caseGoal(one, measured)],
    warnings: caseWarnings(one, measured),
    details: { title: one.title, ...measured },
  };
}
