import { CallLimits } from './call-limits';
import { LimitTable } from './limit-table';
import { LimitStage } from './limit.stage';

/** For the module. */
export const LIMIT_PARTS = [LimitTable, LimitStage, CallLimits];
