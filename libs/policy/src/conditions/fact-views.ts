import { FACT_FIELDS, FACT_VARIABLES, type Facts, type FactValue, type FactVariable } from '../domain/facts';

type Values = Readonly<Record<string, FactValue>>;

/** One variable as CEL sees it: whole numbers are bigint there, doubles are number. */
export type FactView = new (values: Values) => object;

/** Fields are getters on the prototype: a view costs nothing for what no condition reads. */
function viewOf(variable: FactVariable): FactView {
  class View {
    readonly #values: Values;

    constructor(values: Values) {
      this.#values = values;
    }

    static read(view: View, field: string): FactValue | undefined {
      return view.#values[field];
    }
  }
  for (const [field, type] of Object.entries(FACT_FIELDS[variable])) {
    const get =
      type === 'int'
        ? function (this: View) {
            return BigInt(Number(View.read(this, field)));
          }
        : function (this: View) {
            return View.read(this, field);
          };
    Object.defineProperty(View.prototype, field, { get });
  }
  return View;
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
