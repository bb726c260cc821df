import type { Observer } from './sim-call';

/** Work conservation: slots that were free while somebody waited, in slot-seconds, and how busy the slots were. */
export class IdleMeter implements Observer {
  idleSlotSeconds = 0;
  private busySlotSeconds = 0;
  private waiting = 0;
  private running = 0;
  private atMs = 0;

  constructor(private readonly slots: number) {}

  /** Share of the slots, over the whole run. */
  get utilisation(): number {
    return (this.busySlotSeconds * 1_000) / (this.slots * this.atMs);
  }

  arrived(_: unknown, nowMs: number): void {
    this.change(nowMs, 1, 0);
  }

  started(_: unknown, nowMs: number): void {
    this.change(nowMs, -1, 1);
  }

  ended(_: unknown, nowMs: number): void {
    this.change(nowMs, 0, -1);
  }

  refused(_: unknown, nowMs: number): void {
    this.change(nowMs, -1, 0);
  }

  private change(nowMs: number, waiting: number, running: number): void {
    const seconds = (nowMs - this.atMs) / 1_000;
    this.busySlotSeconds += seconds * this.running;
    this.idleSlotSeconds += seconds * Math.min(this.waiting, this.slots - this.running);
    this.atMs = nowMs;
    this.waiting += waiting;
    this.running += running;
  }
}
