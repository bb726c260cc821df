/** Calls that a target must have answered before its fastest one says anything. */
const MIN_CALLS = 20;
/** Targets that are kept, those that came first; far more than configurations have. */
const MAX_TARGETS = 1_000;

/** The shortest call that each target ever answered, in this process; ms. */
export class FastestCalls {
  private readonly targets = new Map<string, { fastestMs: number; calls: number }>();

  note(target: string, serviceMs: number): void {
    const known = this.targets.get(target);
    if (known) {
      known.calls++;
      known.fastestMs = Math.min(known.fastestMs, serviceMs);
    } else if (this.targets.size < MAX_TARGETS) this.targets.set(target, { fastestMs: serviceMs, calls: 1 });
  }

  of(target: string): number | null {
    const known = this.targets.get(target);
    return known && known.calls >= MIN_CALLS ? known.fastestMs : null;
  }
}
