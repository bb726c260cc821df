import { seededRandom } from '../../training/random';
import type { Recorded } from '../simulator/recorded';
import { capacityOf, type Lengths } from '../simulator/service-model';
import type { SimCall } from '../simulator/sim-call';
import { drawIndex, onOff, oneOf, poisson, scaledTo } from '../simulator/workload';

/** Who asks for what; everybody's requests wait, nobody leaves. */
export interface Scene {
  readonly name: string;
  readonly slots: number;
  readonly calls: readonly SimCall[];
}

const MINUTE_MS = 60_000;
export const SLOTS = 16;

/** Lengths of the VTC paper's synthetic workload, tokens. */
const CHAT: Lengths = { input: 256, output: 256 };
const SHORT: Lengths = { input: 128, output: 64 };
/** Beyond the threshold of long requests in what is predicted of it. */
const LONG: Lengths = { input: 4_000, output: 600 };

/** Two tenants that ask for more than their half at 1.5 and 3 requests a second, as in the VTC paper, and variations. */
export function syntheticScenes(sample: readonly Lengths[], minutes: number, seed: number): Scene[] {
  const random = seededRandom(seed);
  const toMs = minutes * MINUTE_MS;
  const always = (lengths: Lengths) => (): Lengths => lengths;
  const scene = (name: string, ...streams: SimCall[][]): Scene => ({ name, slots: SLOTS, calls: streams.flat() });
  const chat = { toMs, lengths: always(CHAT) };
  const recorded = { toMs, lengths: oneOf(sample, random) };
  const share = capacityOf(sample, SLOTS) / 7;
  return [
    scene(
      '1.5 and 3 requests/s',
      poisson({ ...chat, tenant: 'a', rate: 1.5 }, random),
      poisson({ ...chat, tenant: 'b', rate: 3 }, random),
    ),
    scene(
      'on and off',
      poisson({ ...chat, tenant: 'always', rate: 3 }, random),
      onOff({ ...chat, tenant: 'on-off', rate: 3 }, MINUTE_MS, random),
    ),
    scene(
      'one short, one long',
      poisson({ toMs, lengths: always(SHORT), tenant: 'short', rate: 6 }, random),
      poisson({ toMs, lengths: always(LONG), tenant: 'long', rate: 1 }, random),
    ),
    scene(
      'both lengths each',
      ...['a', 'b'].flatMap((tenant, i) => [
        poisson({ toMs, lengths: always(SHORT), tenant, rate: 3 + 3 * i }, random),
        poisson({ toMs, lengths: always(LONG), tenant, rate: 0.6 - 0.3 * i }, random),
      ]),
    ),
    scene(
      'weights 1:1:2:3',
      ...[1, 1, 2, 3].map((weight, i) =>
        poisson({ ...recorded, tenant: `${'abcd'[i]} (${weight})`, weight, rate: 1.5 * weight * share }, random),
      ),
    ),
  ];
}

/** How much of the chats each of eight tenants asks for: some well beyond an eighth, some below. */
const SHARES = [8, 6, 5, 4, 3, 2, 1, 1];

export function azureScene(rows: readonly Recorded[], load: number, seed: number): Scene {
  const random = seededRandom(seed);
  const calls = rows.map((row) => ({ ...row, tenant: `tenant ${drawIndex(SHARES, random) + 1}`, weight: 1 }));
  return { name: `azure chats, 8 tenants, load ${load}`, slots: SLOTS, calls: scaledTo(calls, SLOTS, load) };
}

export function tenantScene(rows: readonly (Recorded & { tenant: string })[], load: number): Scene {
  const calls = rows.map((row) => ({ ...row, weight: 1 }));
  return { name: `27 recorded tenants, load ${load}`, slots: SLOTS, calls: scaledTo(calls, SLOTS, load) };
}
