import { FrameOutlet } from './frame-outlet';

/** When no microtask is left, and before anything else of the loop. */
const endOfTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

describe('FrameOutlet', () => {
  const setUp = (takes: boolean[] = []) => {
    const seen: string[] = [];
    let resume: () => void = () => undefined;
    const outlet = new FrameOutlet({
      onFrames: (frames, goOn) => {
        seen.push(frames.toString());
        resume = goOn;
        return takes.shift() ?? true;
      },
    });
    return { outlet, seen, resume: () => resume() };
  };

  it('hands out together, at its end, what comes in one tick', async () => {
    const { outlet, seen } = setUp();
    outlet.push('a');
    await Promise.resolve().then(() => outlet.push('b'));
    expect(seen).toEqual([]);
    await endOfTick();
    expect(seen).toEqual(['ab']);
  });

  it('makes who brings more wait while the observer is full', async () => {
    const { outlet, resume } = setUp([false]);
    outlet.push('a');
    outlet.flush();
    let isOver = false;
    const hold = outlet.hold?.then(() => (isOver = true));
    await endOfTick();
    expect(isOver).toBe(false);
    resume();
    await hold;
    expect(outlet.hold).toBeNull();
  });

  it('hands nothing out and holds nobody once it is closed', async () => {
    const { outlet, seen } = setUp([false]);
    outlet.push('a');
    outlet.flush();
    const { hold } = outlet;
    outlet.push('b');
    outlet.close();
    await hold;
    await endOfTick();
    expect(seen).toEqual(['a']);
  });
});
