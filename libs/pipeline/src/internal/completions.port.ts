import type { Exchange } from '../exchange';

/** Whoever answers chat completions, as the relay's own requests need it: the pipeline asks the cache, and the cache asks here. */
export interface Completions {
  complete(exchange: Exchange): Promise<void>;
}

export const COMPLETIONS = Symbol('COMPLETIONS');
