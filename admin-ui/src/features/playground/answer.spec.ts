import { tokensPerSecond, WAITING, withPart } from './answer';

const delta = (content: string) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });

describe('an answer as it comes', () => {
  it('is put together from its parts; the first text is the first token', () => {
    const opened = withPart(WAITING, { choices: [{ delta: { role: 'assistant', content: '' } }] }, 80);
    expect(opened.ttftMs).toBeNull();
    const begun = withPart(withPart(opened, delta('Hel'), 120), delta('lo'), 140);
    expect(begun).toMatchObject({ phase: 'streaming', text: 'Hello', pieces: 2, ttftMs: 120, elapsedMs: 140 });
  });

  it('learns the usage and the reason of the end', () => {
    const ended = withPart(WAITING, { choices: [{ delta: {}, finish_reason: 'length' }] }, 10);
    const counted = withPart(ended, { choices: [], usage: { prompt_tokens: 8, completion_tokens: 3 } }, 11);
    expect(counted).toMatchObject({ finish: 'length', usage: { input: 8, output: 3 } });
  });

  it('is a failure where the stream says so, and keeps what came', () => {
    const failed = withPart(
      withPart(WAITING, delta('Hal'), 1),
      { error: { code: 'upstream_error', message: 'gone' } },
      2,
    );
    expect(failed).toMatchObject({ phase: 'failed', text: 'Hal', error: { code: 'upstream_error', message: 'gone' } });
  });

  it('is read whole where it was not streamed', () => {
    const whole = withPart(WAITING, { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }] }, 50);
    expect(whole).toMatchObject({ text: 'Hi', finish: 'stop' });
  });

  it('is as fast as its tokens after the first', () => {
    const timed = { ...WAITING, ttftMs: 1_000, elapsedMs: 3_000, pieces: 50 };
    expect(tokensPerSecond(timed)).toBe(24.5);
    expect(tokensPerSecond({ ...timed, usage: { input: 1, output: 101 } })).toBe(50);
    expect(tokensPerSecond({ ...timed, ttftMs: null })).toBeNull();
    expect(tokensPerSecond({ ...timed, ttftMs: 2_990 })).toBeNull(); // all at once, from the cache
  });
});
