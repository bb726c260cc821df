import { relayConfigSchema } from '@relay/config';
import { azureScene, type Scene, tenantScene } from '../fairness/scenes';
import type { Goal, Section } from '../offline-scenario';
import { azureArrivals, tenantArrivals } from '../simulator/recorded';
import { predictedCost } from '../simulator/relay-dispatcher';
import { scaledTo } from '../simulator/workload';
import { bordersOf, LEARNED, NOTHING } from './class-borders';
import { type ClassFigures, classFigures } from './class-figures';

const LOADS = [0.8, 1, 1.2];
const SHORT_SHARES = [0, 0.1, 0.2, 0.3];
/** So that each of the shares is a whole number of slots. */
const SLOTS = 20;
/** Requests of the busy trace: its first twenty minutes. */
const SAMPLE = 6_000;
/** Cheap requests must not wait longer than they would without classes, at this load. */
const GOAL = { load: 1.2, ofNoClasses: 1 };

interface Row {
  readonly trace: string;
  readonly load: number;
  readonly border: string;
  readonly tokens: number;
  readonly shortShare: number;
  readonly figures: ClassFigures;
}

export interface Classes {
  readonly byBorder: readonly Row[];
  readonly byShare: readonly Row[];
}

/** Both traces, as one tenant and divided among several, by where long work begins and by how many slots it leaves free. */
export async function measureClasses(data: string, seed: number, say: (line: string) => void): Promise<Classes> {
  const { shortShare } = relayConfigSchema.shape.scheduler.parse({});
  const azure = (await azureArrivals(data)).slice(0, SAMPLE);
  const tenants = await tenantArrivals(data);
  const [byBorder, byShare]: [Row[], Row[]] = [[], []];
  for (const load of LOADS) {
    say(`classes at load ${load}`);
    for (const scene of [azureScene(azure, load, seed), tenantScene(tenants, load)].flatMap(asOneToo)) {
      const calls = scaledTo(scene.calls, SLOTS, load);
      const measured = async (border: string, tokens: number, share: number): Promise<Row> => ({
        ...{ trace: scene.name, load, border, tokens, shortShare: share },
        figures: await classFigures({ ...scene, slots: SLOTS, calls }, { longCostTokens: tokens, shortShare: share }),
      });
      for (const { name, tokens } of bordersOf(calls.map(predictedCost))) {
        byBorder.push(await measured(name, tokens, shortShare));
        if (name === LEARNED) for (const share of SHORT_SHARES) byShare.push(await measured(name, tokens, share));
      }
    }
  }
  return { byBorder, byShare };
}

function asOneToo({ calls, slots, name }: Scene): Scene[] {
  const [trace = name] = name.split(', load');
  const one = { slots, name: `${trace}, as one`, calls: calls.map((call) => ({ ...call, tenant: 'one' })) };
  return [one, { slots, name: trace, calls }];
}

export function classGoals({ byBorder }: Classes): Goal[] {
  const at = byBorder.filter(({ load }) => load === GOAL.load);
  return at
    .filter(({ border }) => border === LEARNED)
    .map(({ trace, figures }) => {
      const without = at.find((row) => row.trace === trace && row.border === NOTHING);
      return {
        ...{ name: `${trace}, load ${GOAL.load}: mean wait of the cheaper half over that without classes` },
        ...{ value: figures.cheap.mean / (without?.figures.cheap.mean ?? NaN) },
        ...{ wanted: GOAL.ofNoClasses, better: 'lower' as const },
      };
    });
}

const FIGURES = ['mean', 'P99', 'cheaper half: mean', 'P99', 'long: worst', 'slots idle'];

export function classSections({ byBorder, byShare }: Classes): Section[] {
  const [first] = byBorder;
  return [
    {
      title: 'Where long work begins: waits in seconds',
      notes: [
        `The relay's scheduler (simulator/), ${SLOTS} slots, shortShare ${first?.shortShare}; load: what is asked for over what the slots can do. Cost as it is known when a request comes: input + 2 x 256. ` +
          'The chats of Azure are its first 6,000, dealt out to eight tenants of unlike demand. Idle: slots that were free while somebody waited, as a share of all.',
      ],
      table: [
        ['trace', 'load', 'long is', 'tokens', 'share long', ...FIGURES],
        ...byBorder.map(({ trace, load, border, tokens, figures }) => [
          ...[trace, String(load), border, border === NOTHING ? '' : String(tokens)],
          ...[figures.longShare.toFixed(2), ...cellsOf(figures)],
        ]),
      ],
    },
    {
      title: 'How many slots long work leaves free: waits in seconds',
      notes: ['Long is what was learned.'],
      table: [
        ['trace', 'load', 'shortShare', ...FIGURES],
        ...byShare.map(({ trace, load, shortShare, figures }) => [
          ...[trace, String(load), String(shortShare), ...cellsOf(figures)],
        ]),
      ],
    },
  ];
}

const cellsOf = ({ all, cheap, worstLongMs, idleShare }: ClassFigures): string[] => [
  ...[all.mean, all.p99, cheap.mean, cheap.p99, worstLongMs].map((ms) => (ms / 1_000).toFixed(1)),
  `${(100 * idleShare).toFixed(2)}%`,
];
