type TurnJob = () => void;

/**
 * The end of this turn of the event loop, when all that came with it was dealt with: first what must be kept is kept, then what stands on it is told.
 * Jobs should not throw: one that does is a defect like any that nobody catches, and keeps no other job from running.
 */
export class TurnEnd {
  private keeping: TurnJob[] = [];
  private telling: TurnJob[] = [];
  private isDue = false;

  /** `job` runs before everything that is told. */
  keep(job: TurnJob): void {
    this.keeping.push(job);
    this.schedule();
  }

  tell(job: TurnJob): void {
    this.telling.push(job);
    this.schedule();
  }

  /** Now, and not at the end. */
  run(): void {
    const { keeping, telling } = this;
    this.keeping = [];
    this.telling = [];
    for (const job of keeping) attempt(job);
    for (const job of telling) attempt(job);
  }

  private schedule(): void {
    if (this.isDue) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.run();
    });
  }
}

/** What fails is nobody's who happens to end the turn. */
function attempt(job: TurnJob): void {
  try {
    job();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}

/** That of this process. */
export const turnEnd = new TurnEnd();
