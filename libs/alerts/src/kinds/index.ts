import type { AlertKind } from '@relay/contracts';
import { budget } from './budget.kind';
import { canaryStopped } from './canary-stopped.kind';
import { errorRate } from './error-rate.kind';
import { hitRateDrop } from './hit-rate-drop.kind';
import type { Kind } from './kind';
import { latencyP95 } from './latency-p95.kind';
import { providerDown } from './provider-down.kind';
import { qualityDrop } from './quality-drop.kind';
import { queueWait } from './queue-wait.kind';
import { spendRate } from './spend-rate.kind';
import { spoolBacklog } from './spool-backlog.kind';
import { ttftP95 } from './ttft-p95.kind';

/** What can be watched. A new kind is a file here, a line below and its name in `alertKindSchema`. */
export const KINDS = {
  'error-rate': errorRate,
  'latency-p95': latencyP95,
  'ttft-p95': ttftP95,
  'hit-rate-drop': hitRateDrop,
  'quality-drop': qualityDrop,
  'provider-down': providerDown,
  budget,
  'spend-rate': spendRate,
  'queue-wait': queueWait,
  'spool-backlog': spoolBacklog,
  'canary-stopped': canaryStopped,
} satisfies Record<AlertKind, Kind>;
