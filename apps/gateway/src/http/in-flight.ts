import { Injectable } from '@nestjs/common';

/** The requests being served, so that a shutdown can wait for them and then cut off what is left. */
@Injectable()
export class InFlight {
  private readonly controllers = new Set<AbortController>();
  private idle: (() => void) | null = null;

  get size(): number {
    return this.controllers.size;
  }

  add(controller: AbortController): void {
    this.controllers.add(controller);
  }

  delete(controller: AbortController): void {
    this.controllers.delete(controller);
    if (this.controllers.size === 0) this.idle?.();
  }

  /** Resolves when nothing is in flight. */
  settled(): Promise<void> {
    if (this.controllers.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.idle = resolve));
  }

  abortAll(): void {
    for (const controller of this.controllers) controller.abort();
  }
}
