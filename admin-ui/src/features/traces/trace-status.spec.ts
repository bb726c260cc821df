import { statusOf } from './trace-status';

const row = { status: 'ok', cache: 'miss', attempts: 1, httpStatus: 200 } as const;

describe('the status of a trace', () => {
  it.each([
    [row, 'OK', 'good'],
    [{ ...row, attempts: 2 }, 'Fallback', 'warn'],
    [{ ...row, cache: 'semantic', attempts: 0 } as const, 'Cached', 'accent'],
    [{ ...row, status: 'error', httpStatus: 502 } as const, 'Error', 'bad'],
    [{ ...row, status: 'rejected', httpStatus: 429 } as const, 'Rejected', 'warn'],
    [{ ...row, status: 'aborted' } as const, 'Aborted', 'calm'],
  ])('%# is told in a word and a tone', (given, label, tone) => expect(statusOf(given)).toMatchObject({ label, tone }));
});
