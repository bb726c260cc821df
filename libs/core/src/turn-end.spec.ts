import { TurnEnd } from './turn-end';

describe('the end of a turn', () => {
  let turn: TurnEnd;
  let order: string[];
  const note = (what: string) => (): void => void order.push(what);
  const ended = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    turn = new TurnEnd();
    order = [];
  });

  afterEach(() => jest.useRealTimers());

  it('keeps everything before it tells anything, in the order of each', async () => {
    turn.tell(note('tell 1'));
    turn.keep(note('keep 1'));
    turn.tell(note('tell 2'));
    turn.keep(note('keep 2'));
    expect(order).toEqual([]);
    await ended();
    expect(order).toEqual(['keep 1', 'keep 2', 'tell 1', 'tell 2']);
  });

  it('runs each job once, whether it ends early or a turn follows', async () => {
    turn.tell(note('early'));
    turn.run();
    turn.tell(note('late'));
    await ended();
    turn.keep(note('next'));
    await ended();
    await ended();
    expect(order).toEqual(['early', 'late', 'next']);
  });

  it('runs all jobs where one fails, which is told as any error that nobody catches', () => {
    jest.useFakeTimers({ doNotFake: [] });
    turn.keep(() => {
      throw new Error('a defect');
    });
    turn.keep(note('kept'));
    turn.tell(note('told'));
    turn.run();
    expect(order).toEqual(['kept', 'told']);
    expect(() => jest.runAllTimers()).toThrow('a defect');
  });

  it('leaves to the next end what its jobs ask for', async () => {
    turn.tell(() => turn.keep(note('afterwards')));
    turn.run();
    expect(order).toEqual([]);
    await ended();
    expect(order).toEqual(['afterwards']);
  });
});
