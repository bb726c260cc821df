/** SQLSTATE classes and codes (PostgreSQL manual, appendix A) that blame what was to be written, not the state of the server. */
const BAD_DATA = /^(22|23|54|42804)/;

/** Whether the database refused what a statement holds, so that trying again would not help. */
export function isBadData(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && BAD_DATA.test(state);
}

/** Undefined: no fault that the database told of. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
