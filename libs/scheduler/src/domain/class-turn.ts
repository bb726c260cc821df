import type { QueueClass } from '@relay/contracts';

/** Every this-many-th slot is offered to long work first, so that a stream of short work cannot starve it. */
const LONG_EVERY = 4;

const SHORT_FIRST: readonly QueueClass[] = ['short', 'long'];
const LONG_FIRST: readonly QueueClass[] = ['long', 'short'];

/** Which class is asked first for the next free slot. */
export class ClassTurn {
  private granted = 0;

  order(): readonly QueueClass[] {
    return this.granted % LONG_EVERY === LONG_EVERY - 1 ? LONG_FIRST : SHORT_FIRST;
  }

  advance(): void {
    this.granted = (this.granted + 1) % LONG_EVERY;
  }
}
