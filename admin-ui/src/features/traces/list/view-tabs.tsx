import { ActionIcon } from '@mantine/core';
import { IconBookmark, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useUser } from '../../../auth/use-session';
import { NO_FILTERS, type TraceFilters } from '../trace-filters';
import type { UrlChange } from '../../../state/url-state';
import { BUILT_IN_VIEWS, isOn, savedViews, saveViews, type View } from './views';
import { SaveView } from './save-view';

interface ViewTabsProps {
  readonly filters: TraceFilters;
  readonly onChange: (change: UrlChange) => void;
}

/** Sets of filters by name; the one that is on is marked, and what is on now can be kept. */
export function ViewTabs({ filters, onChange }: ViewTabsProps) {
  const { id: user } = useUser();
  const [saved, setSaved] = useState(() => savedViews(user));
  const [naming, setNaming] = useState(false);
  const keep = (views: readonly View[]): void => {
    saveViews(user, views);
    setSaved(views);
  };
  const on = (view: View): boolean => isOn(view, filters);
  const known = [...BUILT_IN_VIEWS, ...saved].some(on);
  return (
    <div className="view-tabs" role="group" aria-label="Views" tabIndex={0}>
      {BUILT_IN_VIEWS.map((view) => (
        <ViewButton key={view.name} view={view} on={on(view)} onChange={onChange} />
      ))}
      {saved.map((view) => (
        <span key={view.name} className="view-saved">
          <ViewButton view={view} on={on(view)} onChange={onChange} />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={`Forget the view ${view.name}`}
            onClick={() => keep(saved.filter(({ name }) => name !== view.name))}
          >
            <IconX size={12} />
          </ActionIcon>
        </span>
      ))}
      {known ? null : (
        <ActionIcon variant="subtle" color="gray" size={26} aria-label="Save this view" onClick={() => setNaming(true)}>
          <IconBookmark size={16} />
        </ActionIcon>
      )}
      {naming ? (
        <SaveView
          onClose={() => setNaming(false)}
          onSave={(name) => {
            keep([...saved.filter((view) => view.name !== name), { name, filters: asChange(filters) }]);
            setNaming(false);
          }}
        />
      ) : null}
    </div>
  );
}

function ViewButton({ view, on, onChange }: { view: View; on: boolean; onChange: (change: UrlChange) => void }) {
  return (
    <button
      type="button"
      className="view-tab foreign"
      aria-pressed={on}
      onClick={() => onChange({ ...NO_FILTERS, ...view.filters })}
    >
      {view.name}
    </button>
  );
}

const asChange = ({ facets, single }: TraceFilters): UrlChange => ({ ...facets, ...single });
