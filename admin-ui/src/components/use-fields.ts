import { useState } from 'react';

/** The fields of a form: `const [fields, set] = useFields({ name: '' }); set({ name: 'x' })`. */
export function useFields<Fields extends object>(
  initial: Fields | (() => Fields),
): readonly [Fields, (change: Partial<Fields>) => void] {
  const [fields, setFields] = useState(initial);
  return [fields, (change) => setFields((before) => ({ ...before, ...change }))];
}
