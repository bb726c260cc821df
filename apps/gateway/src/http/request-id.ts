const REQUEST_ID = /^[A-Za-z0-9._:+/=@-]{1,128}$/;

/** The client's request id if it is one that can stand in a header and a log line, else the given one. */
export function requestIdOf(header: string | string[] | undefined, fallback: string): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : fallback;
}
