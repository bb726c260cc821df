import type { Schemas } from '../../api/client';

export type System = Schemas['System'];
