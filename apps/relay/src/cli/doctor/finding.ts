export type FindingStatus = 'ok' | 'warn' | 'fail' | 'skipped';

/** What was found of one thing, and what to do about it. Holds no secret: it is printed. */
export interface Finding {
  readonly check: string;
  readonly status: FindingStatus;
  readonly found: string;
  readonly advice?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, status: 'ok', found });
export const skipped = (check: string, found: string): Finding => ({ check, status: 'skipped', found });
export const warning = (check: string, found: string, advice: string): Finding => ({
  ...{ check, status: 'warn', found, advice },
});
export const failure = (check: string, found: string, advice: string): Finding => ({
  ...{ check, status: 'fail', found, advice },
});

const MEBIBYTE = 1_048_576;

/** Bytes for a person. */
export const mebibytes = (bytes: number): string => `${Math.round(bytes / MEBIBYTE).toLocaleString('en-US')} MiB`;
