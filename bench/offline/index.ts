import { adapters } from './adapters';
import { adaptive } from './adaptive';
import { capacityModel } from './capacity-model';
import { classify } from './classify';
import { fairness } from './fairness';
import { faq } from './faq';
import type { OfflineScenario } from './offline-scenario';
import { metricsCost } from './metrics-cost';
import { overload } from './overload';
import { plan } from './plan';
import { prediction } from './prediction';
import { routing } from './routing';
import { semantic } from './semantic';
import { vectorSearch } from './vector-search';

/** Every offline scenario by the name it is run with. A new one is a file or folder here and a line below. */
export const offlineScenarios: Readonly<Record<string, OfflineScenario>> = {
  adapters,
  adaptive,
  'capacity-model': capacityModel,
  classify,
  fairness,
  faq,
  'metrics-cost': metricsCost,
  overload,
  plan,
  prediction,
  routing,
  semantic,
  'vector-search': vectorSearch,
};
