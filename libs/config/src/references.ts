import type { ConfigProblem } from './config-store';
import { type DocumentView, objects, type Part, type Report, texts, viewOf } from './document-view';
import { checkMistakenValues } from './mistaken-values';
import { checkProviders } from './provider-needs';
import { checkOperations } from './served-operations';

/** What a schema cannot see: references between parts, and things that must be unique. Takes a document of any shape. */
export function checkReferences(file: string, input: unknown): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const report: Report = (path, found, allowed) => problems.push({ file, path, found, allowed });
  const view = viewOf(input);
  checkUnique('providers', view.providers, report);
  checkUnique('models', view.models, report);
  checkUnique('tenants', view.tenants, report);
  checkProviders(view, report);
  checkTargets(view, report);
  checkOperations(view, report);
  checkTenants(view, report);
  checkMistakenValues(view, report);
  return problems;
}

const idsOf = (items: readonly Part[]): Set<unknown> => new Set(items.map(({ id }) => id));

function checkUnique(section: string, items: readonly Part[], report: Report): void {
  const seen = new Set<string>();
  items.forEach(({ id }, i) => {
    if (typeof id !== 'string') return;
    if (seen.has(id))
      report(`${section}[${i}].id`, `"${id}" a second time`, `an id that no other of the ${section} has`);
    seen.add(id);
  });
}

function checkTargets({ providers, models }: DocumentView, report: Report): void {
  const known = idsOf(providers);
  const allowed = `one of the providers: ${[...known].join(', ') || '(none is configured)'}`;
  models.forEach(({ id, targets }, i) => {
    if (typeof id === 'string' && (id === 'auto' || id.startsWith('auto:'))) {
      report(`models[${i}].id`, `"${id}"`, 'a name other than auto and auto:…, which mean that the policy chooses');
    }
    const list = objects(targets);
    list.forEach(({ provider }, j) => {
      if (typeof provider !== 'string' || known.has(provider)) return;
      report(`models[${i}].targets[${j}].provider`, `"${provider}"`, allowed);
    });
    if (list.length > 0 && list.every(({ weight }) => weight === 0)) {
      report(`models[${i}].targets`, 'only targets of weight 0', 'at least one target with a weight above 0');
    }
  });
}

function checkTenants({ models: configured, tenants }: DocumentView, report: Report): void {
  const models = idsOf(configured);
  const values = new Set<unknown>();
  const checkModels = (named: unknown, path: string): void =>
    texts(named).forEach((model, j) => {
      if (model === undefined || models.has(model)) return;
      report(`${path}.models[${j}]`, `"${model}"`, `one of the models: ${[...models].join(', ')}`);
    });
  tenants.forEach((tenant, i) => {
    checkModels(tenant.models, `tenants[${i}]`);
    objects(tenant.keys).forEach(({ value, models: ofKey }, j) => {
      checkModels(ofKey, `tenants[${i}].keys[${j}]`);
      if (value === undefined) return;
      if (values.has(value))
        report(`tenants[${i}].keys[${j}].value`, 'a value that another key has', 'a value of its own');
      values.add(value);
    });
  });
}
