import type { Arrivals, Sample } from '../../load/protocol';
import { LoadGenerator } from '../../process/load-generator';
import type { Rig } from '../../runner/rig';
import type { RunningSubject } from '../../subjects/subject';
import { keyOf } from './crowd-config';

/** What one tenant sends to one gateway. */
export interface Stream {
  readonly tenant: string;
  readonly gateway: Pick<RunningSubject, 'port' | 'path'>;
  readonly arrivals: Arrivals;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What became of a stream's requests. */
export interface Heard {
  readonly tenant: string;
  readonly samples: readonly Sample[];
  readonly generatorCpuShare: number; // of one core
  readonly lateP99Ms: number; // how late the generator itself was
}

/** Load generators, one for each stream at a time: tenants do not wait for one another's sockets. */
export class Crowd {
  private readonly generators: LoadGenerator[] = [];

  constructor(private readonly rig: Rig) {}

  /** All streams at once, each for so long; resolves when the last reply is there. */
  async run(streams: readonly Stream[], seconds: number): Promise<Heard[]> {
    while (this.generators.length < streams.length) this.generators.push(await this.start());
    return Promise.all(
      streams.map(async ({ tenant, gateway, arrivals, headers }, i) => {
        const generator = this.generators[i];
        if (!generator) throw new Error('a stream without a generator');
        const { port, path } = gateway;
        const result = await generator.run({
          target: { host: '127.0.0.1', port, path, headers: { authorization: `Bearer ${keyOf(tenant)}`, ...headers } },
          workload: { bodies: 'distinct', stream: false },
          arrivals,
          seconds,
          samples: true,
        });
        const { samples, generatorCpuShare, latenessMs } = result;
        return { tenant, samples, generatorCpuShare, lateP99Ms: latenessMs.p99 ?? 0 };
      }),
    );
  }

  private async start(): Promise<LoadGenerator> {
    const generator = await LoadGenerator.start();
    this.rig.owns(generator);
    return generator;
  }
}

/** A tenant's rate, spread evenly over the gateways. */
export function spreadOver(
  gateways: readonly Stream['gateway'][],
  tenant: string,
  ratePerSecond: number,
  headers: Stream['headers'] = {},
): Stream[] {
  const arrivals = { kind: 'open', ratePerSecond: ratePerSecond / gateways.length, spacing: 'poisson' } as const;
  return gateways.map((gateway) => ({ tenant, gateway, arrivals, headers }));
}

export const samplesOf = (heard: readonly Heard[], tenant: string): Sample[] =>
  heard.filter((one) => one.tenant === tenant).flatMap(({ samples }) => samples);
