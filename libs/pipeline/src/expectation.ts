/** What a schema found wrong at one place; of zod's issues the fields that are read here. */
export interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly errors?: readonly (readonly Issue[])[];
  readonly expected?: string;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly inclusive?: boolean | undefined;
}

/** Zod's names of types, as people say them. */
const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  bigint: 'a number',
  boolean: 'true or false',
  int: 'a whole number',
  nan: 'something that is no number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
  undefined: 'nothing',
};

/** What zod says by itself; a schema's own words stand as they are. */
const BY_ITSELF = /^(Invalid input|Invalid option|Too small|Too big|Unrecognized key)/;
const RECEIVED = /, received (\w+)$/;
const UNIT_OF: Readonly<Record<string, string>> = { string: 'character', array: 'item', set: 'item' };

/** `expected a list, found nothing`: never what was found itself, since errors are kept in traces. */
export function expectationOf(issue: Issue): string {
  if (!BY_ITSELF.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${named(issue.expected)}${foundIn(issue.message)}`;
    case 'invalid_value':
      return `expected ${issue.values?.map(String).join(' or ') ?? 'another value'}`;
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${counted(issue.minimum, issue)}`;
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${counted(issue.maximum, issue)}`;
    case 'unrecognized_keys':
      return `unknown field ${issue.keys?.[0]?.slice(0, MAX_SHOWN_NAME) ?? ''}`.trimEnd();
    case 'invalid_union':
      return eitherOf(issue);
    default:
      return issue.message.replace(/^Invalid input: /, '');
  }
}

const MAX_SHOWN_NAME = 64; // characters of a field that somebody made up

/** `expected a text or a list, found a number`: what each form of a union expects. */
function eitherOf({ message, errors = [] }: Issue): string {
  const forms = errors.flat();
  const types = forms.filter(({ code }) => code === 'invalid_type');
  if (forms.length > 0 && types.length === forms.length) {
    const allowed = [...new Set(types.map(({ expected }) => named(expected)))];
    return `expected ${allowed.join(' or ')}${foundIn(types[0]?.message ?? '')}`;
  }
  const said = [...new Set(forms.map(expectationOf))];
  return said.length > 0 ? said.join(' or ') : message;
}

const named = (type = ''): string => TYPES[type] ?? type;

function foundIn(message: string): string {
  const type = RECEIVED.exec(message)?.[1]?.toLowerCase();
  return type === undefined ? '' : `, found ${type === 'boolean' ? 'a boolean' : named(type)}`;
}

function counted(bound: number | bigint | undefined, { origin = '' }: Issue): string {
  const unit = UNIT_OF[origin];
  return unit === undefined ? String(bound) : `${bound} ${unit}${bound === 1 ? '' : 's'}`;
}
