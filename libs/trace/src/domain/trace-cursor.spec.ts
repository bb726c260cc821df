import { newTraceId } from '@relay/core';
import { decodeCursor, encodeCursor } from './trace-cursor';

describe('a cursor', () => {
  it('leads back to the trace it was made of and to its time', () => {
    const at = Date.UTC(2026, 5, 1);
    const id = newTraceId(at);
    expect(decodeCursor(encodeCursor(id))).toEqual({ id, at });
  });

  it.each(['', 'x', 'AAAA', 'ÿÿÿ', `${'A'.repeat(22)}`, encodeCursor('0199e7d0-0000-4000-8000-000000000000')])(
    'that is not ours is refused: %p',
    (text) => expect(decodeCursor(text)).toBeUndefined(),
  );
});
