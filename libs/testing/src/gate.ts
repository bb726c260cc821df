/** A point at which a script waits for the test: the test sees that it was reached, does its checks, and opens it. */
export class Gate {
  readonly reached: Promise<void>;
  readonly opened: Promise<void>;
  private markReached: () => void = () => undefined;
  private markOpened: () => void = () => undefined;

  constructor() {
    this.reached = new Promise((resolve) => (this.markReached = resolve));
    this.opened = new Promise((resolve) => (this.markOpened = resolve));
  }

  open(): void {
    this.markOpened();
  }

  /** For the side that waits. */
  async pass(): Promise<void> {
    this.markReached();
    await this.opened;
  }
}
