import type { Strategy } from './strategy';

export const pinned: Strategy = { describe: () => 'the model that the app asked for', score: null };

export const ordered: Strategy = { describe: () => 'ordered: as the policy names them', score: null };

/** The draw comes after the ranking: see `drawOrder`. */
export const weighted: Strategy = { describe: () => 'weighted: drawn by weight for each request', score: null };

export const sticky: Strategy = {
  describe: (fields) => `sticky: drawn by weight, always the same for one ${fields['route.unit']}`,
  score: null,
};
