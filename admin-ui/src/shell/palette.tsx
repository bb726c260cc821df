import { lazy, Suspense, useEffect, useState } from 'react';

const PaletteDialog = lazy(() => import('./palette-dialog'));
const OPEN = 'relay-open-palette';

export const openPalette = (): void => void window.dispatchEvent(new Event(OPEN));

/** ⌘K or Ctrl+K, from anywhere. Its code is fetched when it is first opened. */
export function Palette({ onHelp }: { readonly onHelp: () => void }) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onOpen = (): void => setOpen(true);
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener(OPEN, onOpen);
    document.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener(OPEN, onOpen);
      document.removeEventListener('keydown', onKeyDown);
    };
  }, []);
  if (!open) return null;
  return (
    <Suspense>
      <PaletteDialog onClose={() => setOpen(false)} onHelp={onHelp} />
    </Suspense>
  );
}
