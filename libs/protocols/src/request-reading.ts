import { GENERATIVE_OPERATIONS, type Operation } from '@relay/contracts';
import { PROTOCOLS } from './protocols';
import type { WireProtocol } from './wire-protocol';

/** How the relay reads what is asked. */
export type RequestReading = Pick<WireProtocol, 'schema' | 'expected' | 'toChat'>;

const READINGS: ReadonlyMap<Operation, RequestReading> = new Map<Operation, RequestReading>(
  GENERATIVE_OPERATIONS.map((operation) => [operation, PROTOCOLS[operation]]),
);

/** Of a body in JSON, or of the fields of a form. */
export function readingOf(operation: Operation): RequestReading {
  const reading = READINGS.get(operation);
  if (!reading) throw new Error(`nobody reads what is asked of ${operation}`);
  return reading;
}
