import type { KeyboardEvent } from 'react';
import { useShortcuts } from '../state/shortcuts';
import { useUrlParam } from '../state/url-state';
import './tab-bar.css';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
}

/** Which tab is open, kept in the address; the first one needs no mention. Keys 1 to 9 change it. */
export function useTabs<Id extends string>(param: string, tabs: readonly Tab<Id>[]): readonly [Id, (id: Id) => void] {
  const [value, set] = useUrlParam(param);
  const first = tabs[0]?.id as Id;
  const selected = tabs.find(({ id }) => id === value)?.id ?? first;
  const select = (id: Id): void => set(id === first ? null : id);
  useShortcuts(
    tabs.map(({ id, label }, index) => ({ keys: String(index + 1), what: `Show ${label}`, run: () => select(id) })),
  );
  return [selected, select];
}

interface TabBarProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly selected: Id;
  readonly onSelect: (id: Id) => void;
}

/** Tabs by the ARIA pattern; the panel is `role="tabpanel" id="panel-<id>" aria-labelledby="tab-<id>"`. */
export function TabBar<Id extends string>({ label, tabs, selected, onSelect }: TabBarProps<Id>) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = tabs[(tabs.findIndex(({ id }) => id === selected) + by + tabs.length) % tabs.length];
    if (!next) return;
    onSelect(next.id);
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  return (
    <div className="tab-bar" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ id, label: name }, index) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`tab-${id}`}
          className="tab-bar-tab"
          aria-selected={id === selected}
          aria-controls={id === selected ? `panel-${id}` : undefined}
          tabIndex={id === selected ? 0 : -1}
          onClick={() => onSelect(id)}
        >
          {name} <kbd aria-hidden="true">{index + 1}</kbd>
        </button>
      ))}
    </div>
  );
}
