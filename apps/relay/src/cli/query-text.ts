/** Parameters of a query; what is undefined is left out. */
export type Query = Readonly<Record<string, string | null | undefined>>;

/** `?a=b&c=d`, or nothing. */
export function queryText(query: Query): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
