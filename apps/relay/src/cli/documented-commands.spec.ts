import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  type AddCommand,
  ALERT_COMMANDS,
  AUDIT_COMMANDS,
  CACHE_COMMANDS,
  COMMANDS,
  KEY_COMMANDS,
  POLICY_COMMANDS,
  PROVIDER_COMMANDS,
  TENANT_COMMANDS,
  TRACE_COMMANDS,
} from './commands';

const GROUPS: Readonly<Record<string, readonly AddCommand[]>> = {
  '': COMMANDS,
  policy: POLICY_COMMANDS,
  cache: CACHE_COMMANDS,
  tenants: TENANT_COMMANDS,
  keys: KEY_COMMANDS,
  audit: AUDIT_COMMANDS,
  traces: TRACE_COMMANDS,
  alerts: ALERT_COMMANDS,
  providers: PROVIDER_COMMANDS,
};

function pathsOf(command: Command, before: readonly string[]): string[] {
  return command.commands.flatMap((one) => {
    const path = [...before, one.name()];
    return [path.join(' '), ...pathsOf(one, path)];
  });
}

/** Of a row such as `relay keys list`, `create`: the words before the last are those of all. */
function documented(cell: string): string[] {
  const [first = '', ...others] = [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
  const words = first.split(' ').slice(1);
  const isName = (word: string): boolean => /^[a-z][a-z-]*$/.test(word);
  const end = words.findIndex((word) => !isName(word)); // where its arguments begin
  const named = end < 0 ? words : words.slice(0, end);
  return [named.join(' '), ...others.map((other) => [...named.slice(0, -1), other].join(' '))];
}

it('the table of commands in docs/operations.md has each command', () => {
  const text = readFileSync(join(__dirname, '../../../../docs/operations.md'), 'utf8');
  const rows = text.split('\n').flatMap((line) => /^\| (`relay [^|]*)\|/.exec(line)?.[1] ?? []);
  const found = rows.flatMap(documented);
  const commands = Object.entries(GROUPS).flatMap(([group, adds]) => {
    const parent = new Command();
    adds.forEach((add) => add(parent));
    return pathsOf(parent, group === '' ? [] : [group]);
  });
  expect(commands.filter((path) => !found.includes(path))).toEqual([]);
});
