/** Of the browser, which people may switch off: then nothing is kept, and all else works. */
export interface Store {
  readonly get: (name: string) => string | null;
  readonly set: (name: string, value: string | null) => void; // null takes it out
  readonly names: () => readonly string[];
}

/** What this console keeps begins so. */
const OWN = 'relay-';

/** Seen by all tabs, and kept when the browser is closed. */
export const browserStore: Store = storeOf(() => localStorage);
/** Of this tab alone, over reloads. */
export const tabStore: Store = storeOf(() => sessionStorage);

/** What one person typed in this tab is nothing for the next. */
export function forgetTab(): void {
  for (const name of tabStore.names()) if (name.startsWith(OWN)) tabStore.set(name, null);
}

function storeOf(find: () => Storage): Store {
  return {
    get: (name) => guarded(() => find().getItem(name), null),
    set: (name, value) =>
      guarded(() => (value === null ? find().removeItem(name) : find().setItem(name, value)), undefined),
    names: () => guarded(() => Array.from({ length: find().length }, (_, at) => find().key(at) ?? ''), []),
  };
}

/** Switched off, full, or of another origin's frame: all of them throw. */
function guarded<Value>(use: () => Value, otherwise: Value): Value {
  try {
    return use();
  } catch {
    return otherwise;
  }
}
