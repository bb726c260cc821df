import type { ConfigProblem } from './config-store';
import type { RelayConfig } from './relay-config.schema';

type Report = (path: string, found: string, allowed: string) => void;
type Checkable = Omit<RelayConfig, 'policy'>;

/** What a schema cannot see: references between parts, and things that must be unique. */
export function checkReferences(file: string, config: Checkable): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const report: Report = (path, found, allowed) => problems.push({ file, path, found, allowed });
  checkUnique('providers', config.providers, report);
  checkUnique('models', config.models, report);
  checkUnique('tenants', config.tenants, report);
  checkProviders(config, report);
  checkTargets(config, report);
  checkTenants(config, report);
  return problems;
}

function checkUnique(section: string, items: readonly { id: string }[], report: Report): void {
  const seen = new Set<string>();
  items.forEach((item, i) => {
    if (seen.has(item.id))
      report(`${section}[${i}].id`, `"${item.id}" a second time`, `an id that no other of the ${section} has`);
    seen.add(item.id);
  });
}

function checkProviders(config: Checkable, report: Report): void {
  config.providers.forEach((provider, i) => {
    if (provider.kind === 'openai' && !provider.baseUrl) {
      report(
        `providers[${i}].baseUrl`,
        'nothing',
        'the base URL of an OpenAI-compatible server, e.g. http://127.0.0.1:8000/v1',
      );
    }
    if (provider.kind !== 'simulator' && provider.simulator) {
      report(
        `providers[${i}].simulator`,
        `settings on a provider of kind ${provider.kind}`,
        'nothing, or kind: simulator',
      );
    }
  });
}

function checkTargets(config: Checkable, report: Report): void {
  const known = new Set(config.providers.map((provider) => provider.id));
  config.models.forEach((model, i) => {
    if (model.id === 'auto' || model.id.startsWith('auto:')) {
      report(
        `models[${i}].id`,
        `"${model.id}"`,
        'a name other than auto and auto:…, which mean that the policy chooses',
      );
    }
    model.targets.forEach((target, j) => {
      if (known.has(target.provider)) return;
      report(
        `models[${i}].targets[${j}].provider`,
        `"${target.provider}"`,
        `one of the providers: ${[...known].join(', ') || '(none is configured)'}`,
      );
    });
    if (model.targets.every((target) => target.weight === 0)) {
      report(`models[${i}].targets`, 'only targets of weight 0', 'at least one target with a weight above 0');
    }
  });
}

function checkTenants(config: Checkable, report: Report): void {
  const models = new Set(config.models.map((model) => model.id));
  const values = new Set<string>();
  config.tenants.forEach((tenant, i) => {
    tenant.models?.forEach((model, j) => {
      if (!models.has(model))
        report(`tenants[${i}].models[${j}]`, `"${model}"`, `one of the models: ${[...models].join(', ')}`);
    });
    tenant.keys.forEach((key, j) => {
      if (values.has(key.value))
        report(`tenants[${i}].keys[${j}].value`, 'a value that another key has', 'a value of its own');
      values.add(key.value);
    });
  });
}
