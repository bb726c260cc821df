import type { CancelSignal } from '@relay/core';
import type { Exchange } from '../exchange';

/** The exchange with another signal. */
export function withSignal(exchange: Exchange, signal: CancelSignal): Exchange {
  return exchange.signal === signal ? exchange : { ...exchange, signal };
}
