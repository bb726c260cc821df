import { OPERATIONS, type Operation } from '@relay/contracts';
import { type DocumentView, type Part, type Report, texts } from './document-view';
import { kindOf, servableBy } from './provider-kinds';
import { providerKindSchema, type ProviderKind } from './relay-config.schema';

/** Operations that a provider, or all targets of a model, cannot serve: nobody could be answered, or would be with something else. */
export function checkOperations(view: DocumentView, report: Report): void {
  checkProviders(view, report);
  checkModels(view, report);
}

const kindIn = ({ kind }: Part): ProviderKind | undefined => providerKindSchema.safeParse(kind).data;
const isOperation = (value: string | undefined): value is Operation =>
  (OPERATIONS as readonly (string | undefined)[]).includes(value);

function checkProviders({ providers }: DocumentView, report: Report): void {
  providers.forEach((provider, i) => {
    const kind = kindIn(provider);
    if (kind === undefined) return;
    const { operations, ownProtocol } = kindOf(kind);
    if (!ownProtocol) return;
    texts(provider.operations).forEach((operation, j) => {
      if (!isOperation(operation) || operations.includes(operation)) return;
      const allowed = `what the relay can ask of the kind ${kind}: ${operations.join(', ')}`;
      report(`providers[${i}].operations[${j}]`, `"${operation}"`, allowed);
    });
  });
}

function checkModels({ models, providers }: DocumentView, report: Report): void {
  models.forEach((model, i) => {
    const served = servedBy(model, providers);
    if (served === null) return;
    texts(model.operations).forEach((operation, j) => {
      if (!isOperation(operation) || served.has(operation)) return;
      const allowed = `what its targets serve: ${[...served].join(', ')}`;
      report(`models[${i}].operations[${j}]`, `"${operation}"`, allowed);
    });
  });
}

/** What at least one of its targets serves; null if that cannot be told of all of them, which is a problem of its own. */
function servedBy({ targets }: Part, providers: readonly Part[]): ReadonlySet<Operation> | null {
  if (!Array.isArray(targets) || targets.length === 0) return null;
  const served = targets.map((target: Part | null) => {
    const provider = providers.find(({ id }) => id === target?.provider);
    const kind = provider && kindIn(provider);
    if (!kind) return null;
    const operations = provider.operations === undefined ? undefined : texts(provider.operations).filter(isOperation);
    return servableBy({ kind, operations });
  });
  return served.includes(null) ? null : new Set(served.flatMap((each) => [...(each ?? [])]));
}
