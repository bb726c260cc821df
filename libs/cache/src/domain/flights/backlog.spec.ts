import { Backlog } from './backlog';

const frame = (number: number): Buffer => Buffer.from(`data: ${'x'.repeat(number % 700)} ${number}\n\n`);

describe('the frames of a flight', () => {
  it.each([0, 1, 150, 1_000])('are there by their numbers while somebody is %i behind', (behind) => {
    const backlog = new Backlog();
    let bytes = 0;
    for (let number = 0; number < 3_000; number++) {
      backlog.push(frame(number));
      bytes += frame(number).length;
      const first = Math.max(0, number - behind);
      backlog.dropBefore(first);
      for (const wanted of [first, (first + number) >> 1, number])
        expect(backlog.at(wanted)?.toString()).toBe(frame(wanted).toString());
    }
    expect([backlog.end, backlog.bytes]).toEqual([3_000, bytes]);
    expect(backlog.at(3_000)).toBeUndefined();
    if (behind < 1_000) expect(backlog.at(0)).toBeUndefined();
  });
});
