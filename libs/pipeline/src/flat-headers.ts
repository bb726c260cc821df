/** The place of a header's value in a flat list; names are lower case. */
function valueAt(headers: readonly string[], name: string): number {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return i + 1;
  return -1;
}

export const isEventStream = (headers: readonly string[]): boolean =>
  headers[valueAt(headers, 'content-type')]?.startsWith('text/event-stream') === true;

/** The headers of a body that was changed on its way: where they tell a length, it is this one. */
export function withLength(headers: string[], bytes: number): string[] {
  const at = valueAt(headers, 'content-length');
  return at === -1 ? headers : headers.with(at, String(bytes));
}
