import type { DDSketch } from '@datadog/sketches-js';
import { z } from 'zod';
import type { ServiceSample } from './prediction';
import { addBins, addTo, binsOf, newSketch } from './quantity-sketch';

/** Of a whole answer, time for each token says something about the pace only when there are this many. */
const MIN_WHOLE_TOKENS = 16;
/** Pairs of key and count that a stored sketch may have: more than there are bins. */
const MAX_STORED = 2_000;

/** `wholeTpot`: time for each token of whole answers, whose first token nobody saw. */
const QUANTITIES = ['ttft', 'tpot', 'wholeTpot', 'outputTokens', 'service'] as const;
export type Quantity = (typeof QUANTITIES)[number];

const bins = z.array(z.number()).max(MAX_STORED);
export const storedWindowSchema = z.object({
  ageMs: z.number().nonnegative(), // since its first sample, when it was written
  count: z.number().nonnegative(),
  bins: z.partialRecord(z.enum(QUANTITIES), bins),
});
export type StoredWindow = z.infer<typeof storedWindowSchema>;

/** What calls of one kind took from some time on. */
export class SketchWindow {
  readonly sketches: Partial<Record<Quantity, DDSketch>> = {};
  count = 0;

  /** `startedAt`: monotonic, in ms. */
  constructor(readonly startedAt: number) {}

  add({ ttftMs, outputTokens, serviceMs }: ServiceSample): void {
    this.count++;
    this.put('service', serviceMs);
    this.put('outputTokens', outputTokens);
    if (ttftMs !== null) {
      this.put('ttft', ttftMs);
      if (outputTokens > 1) this.put('tpot', (serviceMs - ttftMs) / (outputTokens - 1));
    } else if (outputTokens >= MIN_WHOLE_TOKENS) this.put('wholeTpot', serviceMs / outputTokens);
  }

  merge({ count, bins: stored }: StoredWindow): void {
    this.count += count;
    for (const quantity of QUANTITIES) {
      const pairs = stored[quantity];
      if (pairs) addBins(this.sketch(quantity), pairs);
    }
  }

  toStored(now: number): StoredWindow {
    const bins: StoredWindow['bins'] = {};
    for (const quantity of QUANTITIES) {
      const sketch = this.sketches[quantity];
      if (sketch) bins[quantity] = binsOf(sketch);
    }
    return { ageMs: Math.max(0, Math.round(now - this.startedAt)), count: this.count, bins };
  }

  private put(quantity: Quantity, value: number): void {
    addTo(this.sketch(quantity), value);
  }

  private sketch(quantity: Quantity): DDSketch {
    return (this.sketches[quantity] ??= newSketch());
  }
}
