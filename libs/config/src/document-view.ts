export type Report = (path: string, found: string, allowed: string) => void;
export type Part = Readonly<Record<string, unknown>>;

/** The document as written, of any shape, so that what is wrong between its parts is also told when its schema has problems. */
export interface DocumentView {
  readonly root: Part;
  readonly providers: readonly Part[];
  readonly models: readonly Part[];
  readonly tenants: readonly Part[];
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Keeps the places of a list; what is no object is the schema's business. */
export const objects = (value: unknown): Part[] =>
  Array.isArray(value) ? value.map((item) => (isObject(item) ? item : {})) : [];

/** Likewise. */
export const texts = (value: unknown): (string | undefined)[] =>
  Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? item : undefined)) : [];

export function viewOf(input: unknown): DocumentView {
  const root = isObject(input) ? input : {};
  return { root, providers: objects(root.providers), models: objects(root.models), tenants: objects(root.tenants) };
}
