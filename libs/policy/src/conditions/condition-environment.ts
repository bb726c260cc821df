import { Environment } from '@marcbachmann/cel-js';
import { FACT_FIELDS, FACT_VARIABLES } from '../domain/facts';
import { FACT_VIEWS } from './fact-views';
import { registerLinearMatch } from './linear-match';

const MAX_NODES = 1_000; // of one condition
const MAX_DEPTH = 50; // of nesting
const MAX_LIST = 200; // elements of a list in a condition

/** CEL with every fact declared, so that a condition over anything else does not compile. */
export function conditionEnvironment(): Environment {
  const environment = new Environment({
    limits: { maxAstNodes: MAX_NODES, maxDepth: MAX_DEPTH, maxListElements: MAX_LIST },
  });
  for (const variable of FACT_VARIABLES) {
    const type = `Relay_${variable}`;
    environment.registerType(type, { ctor: FACT_VIEWS[variable], fields: { ...FACT_FIELDS[variable] } });
    environment.registerVariable(variable, type);
  }
  // `request.temperature == 0` should read as people write it; CEL itself compares only like with like here.
  environment.registerOperator('double == int', (left: number, right: bigint) => left === Number(right));
  registerLinearMatch(environment);
  return environment;
}
