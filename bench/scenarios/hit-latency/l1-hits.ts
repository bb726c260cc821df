import path from 'node:path';
import { relayConfig } from '../../subjects/relay-config';
import { startRelay } from '../../subjects/relay-process';
import type { HitCase } from './hit-case';

export const l1Hits: HitCase = {
  title: 'hits in L1',
  note: 'The same request again and again.',
  cacheResult: 'exact-l1',
  goalP99Ms: 5,
  connections: 32,
  limitedByRelay: true,
  missing: () => null,
  fill: async ({ rig, surroundings, temporary }) => {
    const relay = await rig.add(
      (context) => startRelay(context, { ...surroundings, config: relayConfig(context.upstreamUrl) }),
      path.join(temporary, 'l1'),
    );
    return { relay, workload: { bodies: 'same', stream: false }, started: [relay] };
  },
};
