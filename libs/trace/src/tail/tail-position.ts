import { traceIdTime } from '@relay/core';

/** Where a reader of new rows is: the time by the database's clock at which a row was stored, to the microsecond, and its id. */
export interface TailPosition {
  readonly storedAt: string; // microseconds since the epoch
  readonly id: string;
}

/** As the id of a server-sent event. */
export const eventIdOf = ({ storedAt, id }: TailPosition): string => `${storedAt}.${id}`;

/** `undefined` if it is not one of ours. */
export function parseEventId(text: string): TailPosition | undefined {
  const [, storedAt, id] = /^(\d{1,16})\.([0-9a-f-]{36})$/.exec(text) ?? [];
  return storedAt === undefined || id === undefined || traceIdTime(id) === undefined ? undefined : { storedAt, id };
}
