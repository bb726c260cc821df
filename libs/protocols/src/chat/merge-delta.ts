import { isJsonObject, type JsonObject } from '../json/json-object';

/** Strings that name something: servers send them once or repeat them whole, never in pieces. */
const WHOLE_STRINGS: ReadonlySet<string> = new Set(['role', 'id', 'type', 'name', 'format']);

/**
 * Adds a delta to what has been received: strings are joined, lists appended (or joined by their `index`), objects merged, other
 * values replaced; null changes nothing that is there. A field named `__proto__` is left out. False if the two do not fit together; the target is then not usable.
 */
export function mergeDelta(target: JsonObject, delta: JsonObject): boolean {
  for (const key of Object.keys(delta)) {
    if (key === '__proto__') continue; // what is read or set under this name belongs to all objects
    const held = target[key];
    const piece = delta[key];
    if (held === undefined || held === null || held === '') {
      if (!start(target, key, piece)) return false;
    } else if (piece === null || piece === undefined || piece === '') continue;
    else if (typeof held === 'string' && typeof piece === 'string')
      target[key] = WHOLE_STRINGS.has(key) ? piece : held + piece;
    else if (Array.isArray(held) && Array.isArray(piece)) {
      if (!mergeItems(held, piece)) return false;
    } else if (isJsonObject(held) && isJsonObject(piece)) {
      if (!mergeDelta(held, piece)) return false;
    } else if (typeof held !== typeof piece || typeof held === 'object') return false;
    else target[key] = piece;
  }
  return true;
}

/** The first piece of a field. Lists are copied through the merge, since one delta may hold several pieces of one item. */
function start(target: JsonObject, key: string, piece: unknown): boolean {
  if (piece === undefined || (piece === null && target[key] === '')) return true;
  if (!Array.isArray(piece)) {
    target[key] = piece;
    return true;
  }
  const items: unknown[] = [];
  target[key] = items;
  return mergeItems(items, piece);
}

function mergeItems(items: unknown[], pieces: readonly unknown[]): boolean {
  for (const piece of pieces) {
    const held = isJsonObject(piece) ? itemFor(items, piece) : undefined;
    if (held === undefined) items.push(piece);
    else if (!isJsonObject(piece) || !mergeDelta(held, piece)) return false;
  }
  return true;
}

/**
 * The item a piece continues: the latest with its `index`, unless the piece brings another id. Some servers give every parallel
 * tool call the index 0; the id tells them apart.
 */
function itemFor(items: readonly unknown[], piece: JsonObject): JsonObject | undefined {
  const { index, id } = piece;
  if (typeof index !== 'number') return undefined;
  const held = items.findLast((item) => isJsonObject(item) && item['index'] === index);
  if (!isJsonObject(held)) return undefined;
  const another =
    typeof id === 'string' && id !== '' && typeof held['id'] === 'string' && held['id'] !== '' && held['id'] !== id;
  return another ? undefined : held;
}
