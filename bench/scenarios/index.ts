import { ceiling } from './ceiling';
import { hit } from './hit';
import { noise, noiseStream } from './noise';
import { passthrough } from './passthrough';
import type { Scenario } from './scenario';
import { stream } from './stream';

/** Every scenario by the name it is run with. A new one is a file here and a line below. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  passthrough,
  hit,
  stream,
  noise,
  'noise-stream': noiseStream,
  ceiling,
};
