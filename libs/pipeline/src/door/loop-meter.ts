import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';

/** How busy this process is. */
@Injectable()
export class LoopMeter {
  private before: EventLoopUtilization = performance.eventLoopUtilization();

  /** Share of the time since the last call in which the event loop was not idle, 0 to 1. About a microsecond. */
  sinceLast(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.before);
    this.before = now;
    return utilization;
  }
}
