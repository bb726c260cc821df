import { FACT_FIELDS, FACT_VARIABLES, type Facts, type FactValue, type FactVariable } from '../domain/facts';

/** One variable as CEL sees it: whole numbers are bigint there, doubles are number. */
export type FactView = new (values: Readonly<Record<string, FactValue>>) => object;

function viewOf(variable: FactVariable): FactView {
  const fields = Object.entries(FACT_FIELDS[variable]).map(([name, type]) => ({ name, isInt: type === 'int' }));
  return class {
    readonly [field: string]: FactValue | bigint | undefined;

    constructor(values: Readonly<Record<string, FactValue>>) {
      const own: Record<string, FactValue | bigint | undefined> = this;
      for (const { name, isInt } of fields) own[name] = isInt ? BigInt(Number(values[name])) : values[name];
    }
  };
}

/** One class a variable: CEL tells types apart by constructor. */
export const FACT_VIEWS: Readonly<Record<FactVariable, FactView>> = {
  tenant: viewOf('tenant'),
  key: viewOf('key'),
  request: viewOf('request'),
  features: viewOf('features'),
};

/** The facts as the context of conditions. */
export function viewFacts(facts: Facts): Record<string, object> {
  const views: Record<string, object> = {};
  for (const variable of FACT_VARIABLES) views[variable] = new FACT_VIEWS[variable](facts[variable]);
  return views;
}
