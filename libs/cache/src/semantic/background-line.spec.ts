import { Gate } from '@relay/testing';
import { BackgroundLine } from './background-line';

const MIB = 1_048_576;

describe('work in the background', () => {
  let line: BackgroundLine;
  let gate: Gate;
  let done: number;
  /** Waits for the gate. */
  const add = (bytes: number): void =>
    line.add(bytes, async () => {
      await gate.opened;
      done++;
    });

  beforeEach(() => {
    [line, gate, done] = [new BackgroundLine(), new Gate(), 0];
  });

  it('waits in a line that holds so much at most, and is taken again when that is done', async () => {
    for (let i = 0; i < 20; i++) add(4 * MIB);
    expect(line.dropped).toBe(20 - 16);
    add(1);
    expect(line.dropped).toBe(5);
    gate.open();
    await line.idle();
    add(64 * MIB);
    await line.idle();
    expect([done, line.dropped]).toEqual([17, 5]);
  });

  it('waits in a line of so many at most, besides the four that are done', async () => {
    for (let i = 0; i < 300; i++) add(0);
    expect(line.dropped).toBe(300 - 260);
    gate.open();
    await line.idle();
    expect(done).toBe(260);
  });

  it('is dropped when there is no time for it any more', async () => {
    for (let i = 0; i < 10; i++) add(0);
    line.close();
    add(0);
    gate.open();
    await line.idle();
    expect(done).toBe(4);
  });
});
