import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';

interface Cursor {
  readonly at: number | null; // index of the point
  readonly set: (at: number | null) => void;
}

const CursorContext = createContext<Cursor | null>(null);

/** Charts below it that have the same points show one cursor together. */
export function SharedCursor({ children }: { readonly children: ReactNode }) {
  const [at, set] = useState<number | null>(null);
  const cursor = useMemo(() => ({ at, set }), [at]);
  return <CursorContext value={cursor}>{children}</CursorContext>;
}

/** The cursor that is shared, or one of its own. */
export function useCursor(): Cursor {
  const [at, set] = useState<number | null>(null);
  return useContext(CursorContext) ?? { at, set };
}
