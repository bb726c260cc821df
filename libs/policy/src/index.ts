export { DEFAULT_POLICY } from './default-policy';
export type { ModelCatalogue } from './domain/catalogue';
export type { CompiledPolicy } from './domain/compiled-policy';
export type { FactValue, FlatFeatures } from './domain/facts';
export type { Planned, PlanRequest } from './domain/plan-request';
export type { PlanHeaders } from './domain/read-facts';
export { parsePlanHeaders } from './plan-headers';
export { PolicyModule } from './policy.module';
export { PolicyService } from './policy.service';
