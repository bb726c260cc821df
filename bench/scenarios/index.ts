import { batch } from './batch';
import { ceiling } from './ceiling';
import { coalesce } from './coalesce';
import type { Experiment } from './experiment';
import { console } from './console';
import { flood } from './flood';
import { grantLatency } from './grant-latency';
import { hit } from './hit';
import { hitLatency } from './hit-latency';
import { hostile } from './hostile';
import { keyCheck } from './key-check';
import { noise, noiseStream } from './noise';
import { overloadHttp } from './overload-http';
import { passthrough } from './passthrough';
import type { Scenario } from './scenario';
import { slowStreams } from './slow-streams';
import { stream } from './stream';
import { traceQueries } from './traces/queries';
import { traceWriter } from './traces/writer';
import { costPages } from './usage/cost-pages';
import { rollups } from './usage/rollups';

/** Every scenario by the name it is run with. A new one is a file here and a line below. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  passthrough,
  hit,
  stream,
  noise,
  'noise-stream': noiseStream,
  ceiling,
};

/** The same for load whose steps depend on one another. */
export const experiments: Readonly<Record<string, Experiment>> = {
  'hit-latency': hitLatency,
  coalesce,
  flood,
  hostile,
  'overload-http': overloadHttp,
  'grant-latency': grantLatency,
  batch,
  'slow-streams': slowStreams,
  'trace-queries': traceQueries,
  'trace-writer': traceWriter,
  rollups,
  'cost-pages': costPages,
  'key-check': keyCheck,
  console,
};
