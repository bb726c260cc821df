import type { CatalogueModel, ModelSupport } from '../catalogue';

/** What a request needs of whoever serves it. */
export type Requirements = ModelSupport;

/** What decides beforehand who may serve. */
export interface HardFilters {
  /** Model ids the tenant may use; `null` means all. */
  readonly allow: readonly string[] | null;
  readonly requires: Requirements;
  /** The largest of the catalogue's context windows that the estimated input exceeds, in tokens; -1 for none. */
  readonly exceededWindow: number;
  /** Where the policy lets data go; `null` means anywhere. */
  readonly regions: readonly string[] | null;
  readonly providers: readonly string[] | null;
}

const NEEDS = { tools: 'tools', images: 'images', jsonSchema: 'a JSON schema' } as const satisfies Record<
  keyof ModelSupport,
  string
>;

/** Why a model cannot serve the request, or `null`. */
export function rejectionOf(model: CatalogueModel, { requires }: HardFilters): string | null {
  for (const need of ['tools', 'images', 'jsonSchema'] as const) {
    if (requires[need] && !model.supports[need]) return `the request has ${NEEDS[need]}, which it does not support`;
  }
  return null;
}
