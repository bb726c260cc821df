import type { ServiceListener } from './service-meter';

/** Jain's index of fairness (Jain, Chiu and Hawe, 1984): 1 when all are equal, 1/n when one has everything. */
export function jainIndex(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return squares === 0 ? 1 : (sum * sum) / (values.length * squares);
}

/** Jain's index of the service of the tenants that were backlogged all through a window, for each window with two such tenants or more. */
export class JainWindows {
  readonly indexes: number[] = [];
  private endsMs: number;
  private before: number[] = [];
  private always: boolean[] = [];

  constructor(private readonly windowMs: number) {
    this.endsMs = windowMs;
  }

  readonly listen: ServiceListener = (nowMs, tenants) => {
    if (nowMs >= this.endsMs) {
      const got = tenants.map(({ service }, i) => service - (this.before[i] ?? 0)).filter((_, i) => this.always[i]);
      if (got.length > 1 && nowMs < this.endsMs + this.windowMs) this.indexes.push(jainIndex(got));
      this.before = tenants.map(({ service }) => service);
      this.always = tenants.map(() => true);
      while (this.endsMs <= nowMs) this.endsMs += this.windowMs;
    }
    for (const [i, { waiting }] of tenants.entries()) if (waiting === 0) this.always[i] = false;
  };
}
