import { patchJson, type JsonObject } from '@relay/protocols';

/** What a client asks of the relay alone is taken out; every other byte stays as it was written. */
const FOR_THE_RELAY = { store: false, previous_response_id: undefined, background: undefined };

/** The body that the pipeline gets, for upstreams that keep nothing. `items`: null where the input stays as it is. */
export function upstreamBody(body: Buffer, items: readonly JsonObject[] | null): Buffer {
  return patchJson(body, items === null ? FOR_THE_RELAY : { ...FOR_THE_RELAY, input: items }) ?? body;
}
