import { performance } from 'node:perf_hooks';
import { RELAY_VERSION } from '@relay/core';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

/** What the process is and how busy: event-loop delay, garbage collection, memory, CPU, handles (prom-client), and what is missing there. */
export function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'relay_build_info',
    help: 'What runs here; always 1',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: RELAY_VERSION, node: process.version }, 1);
  let before = performance.eventLoopUtilization();
  new Gauge({
    name: 'nodejs_eventloop_utilization',
    help: 'Share of the time since the last scrape that the event loop was busy: at 1 the process can do no more',
    registers: [registry],
    collect() {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      this.set(Number.isFinite(utilization) ? utilization : 0);
    },
  });
}
