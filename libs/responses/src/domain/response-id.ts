const ID = /^[\w-]{1,128}$/;

/** Ids are the relay's own, so that an answer from the cache is another response each time (docs/adr/0028). `traceId`: of the request. */
export function responseIdOf(traceId: string): string {
  return `resp_${traceId.replaceAll('-', '')}`;
}

/** Whether a text can be the id of a response at all. */
export const isResponseId = (text: string): boolean => ID.test(text);
