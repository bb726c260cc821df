import { CallLimits } from './call-limits';
import { LimitTable } from './limit-table';
import { LimitStage } from './limit.stage';
import { StoredSpend } from './stored-spend';

/** For the module. */
export const LIMIT_PARTS = [LimitTable, LimitStage, CallLimits, StoredSpend];
