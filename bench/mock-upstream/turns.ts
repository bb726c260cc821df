import type { ServerResponse } from 'node:http';

/** Serves so many calls at a time, first come, first served, as a server does that admits everybody; one whose client left loses its turn. */
export class Turns {
  private busy = 0;
  private readonly waiting = new Set<() => void>();

  take(response: ServerResponse, slots: number, begin: () => void): void {
    const start = (): void => {
      this.busy++;
      response.once('close', () => this.next());
      begin();
    };
    if (this.busy < slots) return start();
    this.waiting.add(start);
    response.once('close', () => this.waiting.delete(start));
  }

  private next(): void {
    this.busy--;
    const [first] = this.waiting;
    if (!first) return;
    this.waiting.delete(first);
    first();
  }
}
