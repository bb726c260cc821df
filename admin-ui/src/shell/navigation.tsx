import { IconLayoutSidebarLeftCollapse } from '@tabler/icons-react';
import { NavLink } from 'react-router';
import { GROUPS } from '../app/pages';
import { useNarrow } from '../components/use-narrow';
import { useScopedPath } from '../state/scoped-path';
import { ScopeControls } from './scope-controls';
import { useNavNotes } from './use-nav-notes';
import { useVisiblePages } from './use-visible-pages';

interface NavigationProps {
  readonly collapsed: boolean;
  readonly onCollapse: () => void;
}

export function Navigation({ collapsed, onCollapse }: NavigationProps) {
  const scoped = useScopedPath();
  const narrow = useNarrow();
  const pages = useVisiblePages();
  const notes = useNavNotes();
  return (
    <nav className="nav" aria-label="Pages">
      {narrow ? (
        <div className="nav-scope">
          <ScopeControls />
        </div>
      ) : null}
      {GROUPS.map((group) => {
        const inGroup = pages.filter((page) => page.group === group && !page.offNavigation);
        if (inGroup.length === 0) return null;
        return (
          <div key={group}>
            <p className="nav-group-title">{group}</p>
            <ul>
              {inGroup.map(({ path, label, icon: Icon }) => (
                <li key={path}>
                  <NavLink className="nav-link" to={scoped(path)} end={path === '/'} title={label}>
                    <Icon size={17} stroke={1.6} aria-hidden="true" />
                    <span className="nav-label">{label}</span>
                    {notes[path]}
                  </NavLink>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      <div className="nav-foot">
        <button
          type="button"
          className="nav-link nav-button"
          onClick={onCollapse}
          aria-pressed={collapsed}
          title="Collapse"
        >
          <IconLayoutSidebarLeftCollapse size={17} stroke={1.6} aria-hidden="true" />
          <span className="nav-label">Collapse</span>
          <kbd>[</kbd>
        </button>
      </div>
    </nav>
  );
}
