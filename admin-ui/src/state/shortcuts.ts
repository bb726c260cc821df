import { useEffect, useRef } from 'react';

export interface Shortcut {
  readonly keys: string; // one key (`j`, `Escape`, `?`) or two after each other (`g t`)
  readonly what: string; // for the list of shortcuts
  readonly run: () => void;
}

/** How long the second key of two may take, in ms. */
const SEQUENCE_MS = 1_000;

const active = new Set<{ readonly current: readonly Shortcut[] }>();
let first = '';
let firstAt = 0;

/** Keys of the page while the component is shown. Later ones win; fields that take text keep their keys. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    active.add(latest);
    if (active.size === 1) document.addEventListener('keydown', onKeyDown);
    return () => {
      active.delete(latest);
      if (active.size === 0) document.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}

/** All that can be pressed now, for the help. */
export const activeShortcuts = (): readonly Shortcut[] => [...active].flatMap(({ current }) => current);

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || takesText(event.target)) return;
  if (event.key === 'Enter' && activates(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const sequence = first !== '' && event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${key}` : key;
  first = sequence === key ? key : '';
  firstAt = event.timeStamp;
  const found = findLast(sequence) ?? (sequence === key ? undefined : findLast(key));
  if (!found) return;
  event.preventDefault();
  found.run();
}

const findLast = (keys: string): Shortcut | undefined =>
  activeShortcuts().findLast((shortcut) => shortcut.keys === keys);

/** Enter is for the link or button that has the focus, before it is for the page. */
const activates = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('a, button, summary, [role="button"], [role="tab"], [role="switch"]') !== null;

function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[role="dialog"], [role="listbox"], [role="menu"], .cm-editor')) return true;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
