import type { Cockpit, Landing } from '../../src/domain/flights/passenger';
import { TestPassenger } from './test-passenger';

/** A passenger that asks the other processes first, as the pipeline does. It has a cockpit when it really flies. */
export class SharingPassenger extends TestPassenger {
  /** Wants the answer for the cache though it leaves. */
  keeps = false;

  override async pilot(cockpit: Cockpit): Promise<Landing> {
    if (this.keeps) cockpit.keepFlying();
    if ((await cockpit.claim()) === 'elsewhere') {
      const landing = await cockpit.follow();
      if (landing !== 'mine') return landing;
    }
    return super.pilot(cockpit);
  }

  get flies(): boolean {
    return this.cockpits.length > 0;
  }
}
