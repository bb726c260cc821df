import { isGenerative, OPERATION_SHAPES, type Operation } from '@relay/contracts';
import type { CatalogueModel, CatalogueTarget, ModelSupport } from '../catalogue';

/** What a request needs of whoever serves it. */
export type Requirements = ModelSupport & { readonly operation: Operation };

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

/** Why a model is not chosen for the request, or `null`. Nobody chooses a model for what it was not said to be for. */
export function rejectionOf(model: CatalogueModel, { requires }: HardFilters): string | null {
  for (const need of ['tools', 'images', 'jsonSchema'] as const) {
    if (requires[need] && !model.supports[need]) return `the request has ${NEEDS[need]}, which it does not support`;
  }
  if (model.operations === null && !isGenerative(requires.operation))
    return `nobody said that it is for ${routeOf(requires.operation)}: its \`operations\` would (docs/providers.md)`;
  return null;
}

/** Why a target cannot be asked for this at all, by whatever name, or `null`. */
export function operationRefusal(model: CatalogueModel, target: CatalogueTarget, asked: Operation): string | null {
  if (model.operations !== null && !isFor(model.operations, asked)) return `the model is not for ${routeOf(asked)}`;
  return target.operations.has(asked) ? null : `the provider does not serve ${routeOf(asked)}`;
}

/** Who generates text does so in any protocol. */
function isFor(operations: ReadonlySet<Operation>, asked: Operation): boolean {
  return operations.has(asked) || (isGenerative(asked) && [...operations].some(isGenerative));
}

const routeOf = (operation: Operation): string => `/v1/${OPERATION_SHAPES[operation].path}`;
