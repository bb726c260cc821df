import { Gate } from '@relay/testing';
import { InsertLanes } from './insert-lanes';

const MIB = 1_048_576;

describe('inserts that wait', () => {
  it('hold so much at most, whatever key they are of, and are taken again when others are done', async () => {
    const [lanes, gate] = [new InsertLanes(), new Gate()];
    const insert = (i: number) => lanes.run(`key-${i}`, 4 * MIB, () => gate.opened.then(() => 'stored'));
    const outcomes = Array.from({ length: 20 }, (_, i) => insert(i));
    gate.open();
    expect((await Promise.all(outcomes)).filter((outcome) => outcome === null)).toHaveLength(20 - 16);
    expect(await insert(0)).toBe('stored');
  });

  it('give their place back when they fail', async () => {
    const lanes = new InsertLanes();
    const failing = lanes.run('key', 64 * MIB, () => Promise.reject(new Error('away')));
    await expect(failing).rejects.toThrow('away');
    expect(await lanes.run('key', 64 * MIB, () => Promise.resolve('stored'))).toBe('stored');
  });
});
