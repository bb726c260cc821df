import { classify } from './classify';
import type { OfflineScenario } from './offline-scenario';
import { plan } from './plan';
import { routing } from './routing';
import { vectorSearch } from './vector-search';

/** Every offline scenario by the name it is run with. A new one is a file or folder here and a line below. */
export const offlineScenarios: Readonly<Record<string, OfflineScenario>> = {
  classify,
  plan,
  routing,
  'vector-search': vectorSearch,
};
