import path from 'node:path';
import { providerSchema } from '@relay/config';
import { systemClock } from '@relay/core';
import { UPSTREAM_FACTORIES, type UpstreamClient } from '@relay/providers';
import { LOAD_CORE } from '../../process/cores';
import { NodeProcess } from '../../process/node-process';
import type { OfflineContext, OfflineResult, OfflineScenario } from '../offline-scenario';
import { type Cost, drive } from './drive';
import { CHUNKS, WIRES, type WireName } from './wires';

const ROUNDS = 5;
const RESPONSES = 40; // of each adapter in each round
const WARM_UP = 64; // responses of each before the first round
const REFERENCE = 'openai';

/** What a stream costs in each adapter, beside one that is passed through. */
export const adapters: OfflineScenario = {
  summary: `processor time of a streamed response of ${CHUNKS} chunks through each adapter, beside passthrough`,
  withoutData: true,
  run: measureAdapters,
};

async function measureAdapters({ say }: OfflineContext): Promise<OfflineResult> {
  const vendors = NodeProcess.start({ script: path.join(__dirname, 'main.js'), core: LOAD_CORE });
  const clients = new Map<WireName, UpstreamClient>();
  try {
    const port = await vendors.ready();
    for (const name of Object.keys(WIRES) as WireName[]) clients.set(name, connect(name, port));
    const costs = await inTurn(clients, say);
    return report(costs);
  } finally {
    await Promise.all([...clients.values()].map((client) => client.close()));
    await vendors.stop();
  }
}

function connect(kind: WireName, port: number): UpstreamClient {
  const baseUrl = `http://127.0.0.1:${port}/${kind}/v1`;
  const provider = providerSchema.parse({ id: kind, kind, baseUrl, apiKey: 'bench-key', region: 'eu-central-1' });
  return UPSTREAM_FACTORIES[kind](provider, systemClock);
}

/** One after the other in each round, so that what else the machine does meets all of them. */
async function inTurn(
  clients: ReadonlyMap<WireName, UpstreamClient>,
  say: OfflineContext['say'],
): Promise<Map<WireName, Cost[]>> {
  const costs = new Map<WireName, Cost[]>();
  for (const client of clients.values()) await drive(client, WARM_UP);
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [name, client] of clients) {
      const measured = [...(costs.get(name) ?? []), await drive(client, RESPONSES)];
      costs.set(name, measured);
    }
    say(`round ${round} of ${ROUNDS}`);
  }
  return costs;
}

function report(costs: ReadonlyMap<WireName, readonly Cost[]>): OfflineResult {
  const reference = median(costs.get(REFERENCE) ?? []);
  const row = (name: WireName, measured: readonly Cost[]): string[] => {
    const { cpuUs, deliveries } = median(measured);
    const beyond = (cpuUs - reference.cpuUs) / CHUNKS;
    return [name, cpuUs.toFixed(0), (cpuUs / reference.cpuUs).toFixed(2), beyond.toFixed(1), deliveries.toFixed(0)];
  };
  return {
    sections: [
      {
        title: `A response of ${CHUNKS} chunks, ${ROUNDS} rounds of ${RESPONSES} responses each`,
        notes: [
          'CPU is that of the process that reads: HTTP, the adapter, frames for a client that counts them. The vendor is another process, which sends a chunk every 4 ms.',
        ],
        table: [
          ['kind', 'CPU µs a response', 'of passthrough', 'more, µs a chunk', 'deliveries'],
          ...[...costs].map(([name, measured]) => row(name, measured)),
        ],
      },
    ],
    goals: [],
    details: { costs: Object.fromEntries(costs) },
  };
}

/** The round of the middle, by processor time. */
function median(costs: readonly Cost[]): Cost {
  const sorted = [...costs].sort((a, b) => a.cpuUs - b.cpuUs);
  return sorted[Math.floor(sorted.length / 2)] ?? { cpuUs: NaN, deliveries: NaN };
}
