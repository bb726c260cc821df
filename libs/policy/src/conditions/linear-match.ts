import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';

/** The name under which `matches` runs; conditions cannot be written with it, as nothing but a tree is given it. */
const LINEAR = 'relayLinearMatches';

/**
 * CEL asks for RE2's expressions, whose time is linear in the text; the library runs JavaScript's, which one request can keep
 * busy for seconds (`^(a+)+$`). So `matches` is given another name in the parsed condition, and that name RE2.
 */
export function registerLinearMatch(environment: Environment): void {
  const compiled = new Map<string, RE2JS>(); // patterns are literals: as many as conditions name
  environment.registerFunction(`string.${LINEAR}(string): bool`, (text: string, pattern: string) => {
    let expression = compiled.get(pattern);
    if (!expression) compiled.set(pattern, (expression = RE2JS.compile(pattern)));
    return expression.test(text);
  });
}

/** What is wrong with the pattern of a call of `matches`, or `null`; a right one runs in linear time from now on. */
export function makeLinear(call: ASTNode): { readonly found: string; readonly allowed: string } | null {
  if (call.op !== 'rcall' || call.args[0] !== 'matches') return null;
  const [, , parameters] = call.args;
  const pattern = parameters[0]?.op === 'value' ? parameters[0].args : undefined;
  if (typeof pattern !== 'string') {
    return { found: 'a pattern that is no literal', allowed: 'a text in quotes as the pattern of matches()' };
  }
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { found: `the pattern ${JSON.stringify(pattern)}: ${why}`, allowed: 'a regular expression of RE2' };
  }
  call.args[0] = LINEAR;
  return null;
}
