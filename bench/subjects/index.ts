import { direct } from './direct';
import { reference } from './reference';
import { relay } from './relay';
import type { Subject } from './subject';

/** Everything that can be measured. A peer gateway is one file and one line. */
export const subjects = { relay, reference, direct } as const satisfies Record<string, Subject>;

export type SubjectName = keyof typeof subjects;
