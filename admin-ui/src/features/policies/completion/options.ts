import { $defs } from '../../../../../relay.schema.json';
import type { Completion } from '../../../components/code-editor/completion';
import { ANSWER_FACTS, FACT_VALUES, FACTS } from './facts';
import { placeOf, type Place } from './place';

/** Names of this relay that a policy can use. */
export interface KnownNames {
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly regions: readonly string[];
  readonly tenants: readonly string[];
}

interface Shape {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** As the relay itself describes its policies: what it reads changes this with it. */
const POLICY = $defs.PolicySource as unknown as Shape;

/** What can stand at the end of this text. */
export function completionOf(before: string, names: KnownNames): Completion | null {
  const place = placeOf(before);
  const field = place.path.at(-1);
  if (place.kind === 'value' && (field === 'when' || field === 'accept')) return factsFor(place.word, field);
  const typed = /[\w.@/:-]*$/.exec(place.word)?.[0] ?? '';
  const options = place.kind === 'key' ? keysAt(place, names) : valuesAt(place, names);
  return options.length === 0 ? null : { length: typed.length, options };
}

function keysAt({ path }: Place, names: KnownNames): Completion['options'] {
  if (path.at(-1) === 'tenants')
    return names.tenants.map((label) => ({ label, detail: 'tenant', insert: `${label}:` }));
  const shape = shapeAt(path);
  return Object.entries(shape?.properties ?? {}).map(([label, field]) => ({
    label,
    detail: detailOf(field),
    insert: `${label}: `,
  }));
}

function valuesAt({ path }: Place, names: KnownNames): Completion['options'] {
  const listed = listOf(path);
  if (listed) return names[listed].map((label) => ({ label, detail: listed.slice(0, -1) }));
  return enumOf(shapeAt(path)).map((label) => ({ label, detail: path.at(-1) ?? '' }));
}

/** Which names stand at a place: `candidates`, `fallbacks` and judges have models. */
function listOf(path: readonly string[]): keyof KnownNames | null {
  const field = path.at(-1) === '-' ? path.at(-2) : path.at(-1);
  if (field === 'candidates' || field === 'fallbacks' || field === 'model') return 'models';
  return field === 'providers' || field === 'regions' ? field : null;
}

function shapeAt(path: readonly string[]): Shape | undefined {
  return path.reduce<Shape | undefined>((shape, key) => {
    const some = branches(shape);
    if (key === '-') return some.find(({ items }) => items)?.items;
    const named = some.find(({ properties }) => properties && Object.hasOwn(properties, key))?.properties?.[key];
    const other = some.find(({ additionalProperties }) => typeof additionalProperties === 'object');
    return named ?? (other?.additionalProperties as Shape | undefined);
  }, POLICY);
}

const branches = (shape: Shape | undefined): readonly Shape[] => (shape ? [shape, ...(shape.anyOf ?? [])] : []);

function enumOf(shape: Shape | undefined): readonly string[] {
  return branches(shape).flatMap((one) => {
    if (one.type === 'boolean') return ['true', 'false'];
    return [...(one.enum ?? []), ...(one.const === undefined ? [] : [one.const])].map(String);
  });
}

function detailOf(shape: Shape): string {
  const values = enumOf(shape);
  if (values.length > 0) return values.join(' | ');
  return String(shape.type ?? branches(shape)[1]?.type ?? '');
}

function factsFor(word: string, field: 'when' | 'accept'): Completion | null {
  const inQuotes = /([\w.]+)\s*[!=]=\s*["']([\w-]*)$/.exec(word);
  if (inQuotes) {
    const [, fact = '', typed = ''] = inQuotes;
    const values = FACT_VALUES[fact] ?? [];
    return values.length === 0
      ? null
      : { length: typed.length, options: values.map((label) => ({ label, detail: fact })) };
  }
  const typed = /[\w.]*$/.exec(word)?.[0] ?? '';
  const facts = field === 'when' ? FACTS : ANSWER_FACTS;
  return { length: typed.length, options: facts.map((label) => ({ label, detail: 'fact' })) };
}
