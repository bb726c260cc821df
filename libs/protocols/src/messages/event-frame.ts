import type { JsonObject } from '../json/json-object';

/** An event of a messages stream. Its name stands in the data as well: clients go by the one or the other. */
export type MessageEvent = JsonObject & { readonly type: string };

export const eventFrame = (event: MessageEvent): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
