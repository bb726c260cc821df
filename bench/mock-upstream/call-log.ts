import type { ServerResponse } from 'node:http';

/** Tells the calls that were recorded since it was asked last, and those under way. */
export const CALLS_PATH = '/calls';
/** Calls that are kept until somebody asks; later ones are counted and not kept. */
const MAX_CALLS = 500_000;

/** When a call was read and when its last byte was handed to the kernel or its client had gone, ms of the machine's monotonic clock. */
export interface RecordedCall {
  readonly startMs: number;
  endMs: number | null; // null: under way
}

export interface RecordedCalls {
  readonly calls: readonly RecordedCall[]; // by start; those that were under way before are told again
  readonly dropped: number;
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Begin and end of calls. */
export class CallLog {
  private calls: RecordedCall[] = [];
  private dropped = 0;

  follow(response: ServerResponse): void {
    if (this.calls.length >= MAX_CALLS) {
      this.dropped++;
      return;
    }
    const call: RecordedCall = { startMs: nowMs(), endMs: null };
    this.calls.push(call);
    response.once('close', () => (call.endMs = nowMs()));
  }

  take(): RecordedCalls {
    const { calls, dropped } = this;
    this.calls = calls.filter(({ endMs }) => endMs === null);
    this.dropped = 0;
    return { calls, dropped };
  }
}
