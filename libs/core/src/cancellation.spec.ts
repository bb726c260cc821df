import { Cancellation } from './cancellation';

describe('a cancellation', () => {
  it('tells each listener once, with the reason at hand', () => {
    const cancellation = new Cancellation();
    const heard: unknown[] = [];
    cancellation.addEventListener('abort', () => heard.push(cancellation.reason));
    cancellation.abort('gone');
    cancellation.abort('again');
    expect(heard).toEqual(['gone']);
    expect(cancellation.aborted).toBe(true);
  });

  it('does not tell a listener that was removed, nor one that came too late', () => {
    const cancellation = new Cancellation();
    const heard: string[] = [];
    const removed = (): void => void heard.push('removed');
    cancellation.addEventListener('abort', removed);
    cancellation.removeEventListener('abort', removed);
    cancellation.abort();
    cancellation.addEventListener('abort', () => heard.push('late'));
    expect(heard).toEqual([]);
  });

  it('survives a listener that removes another while being told', () => {
    const cancellation = new Cancellation();
    const heard: string[] = [];
    const second = (): void => void heard.push('second');
    cancellation.addEventListener('abort', () => {
      cancellation.removeEventListener('abort', second);
      heard.push('first');
    });
    cancellation.addEventListener('abort', second);
    cancellation.abort();
    expect(heard).toEqual(['first', 'second']); // the list is taken as it was when the abort came
  });
});
