/** So long before the window ends a provider is told to stop: what it has not answered is asked as any other line. */
const STOP_BEFORE_MS = 3_600_000;
/** A provider that was told to stop, and does not, is not waited for any longer than this before the end. */
const LEAVE_BEFORE_MS = 1_800_000;
/** Both come earlier for each line that is with providers: ten a second can be asked one by one. */
const MS_PER_LINE = 100;
const MAX_FOR_LINES_MS = 5_400_000;
/** Times the first wait: the longest one. */
const MAX_WAIT_FACTOR = 10;
/** A provider that is to stop and to forget is told at least as often. */
const MAX_OWED_WAIT_MS = 3_600_000;

const forLinesMs = (lines: number): number => Math.min(MAX_FOR_LINES_MS, lines * MS_PER_LINE);
export const stopBeforeMs = (lines: number): number => STOP_BEFORE_MS + forLinesMs(lines);
export const leaveBeforeMs = (lines: number): number => LEAVE_BEFORE_MS + forLinesMs(lines);

/** Twice as long each time. */
export const waitMs = (firstMs: number, polls: number): number =>
  firstMs * Math.min(MAX_WAIT_FACTOR, 2 ** Math.min(polls, 8));

export const owedWaitMs = (firstMs: number, polls: number): number =>
  Math.min(Math.max(firstMs, MAX_OWED_WAIT_MS), firstMs * 2 ** Math.min(polls, 16));
