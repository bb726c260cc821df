import { ActionIcon, Kbd } from '@mantine/core';
import { IconMenu2, IconRefresh, IconSearch } from '@tabler/icons-react';
import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Logo } from '../components/logo';
import { useNarrow } from '../components/use-narrow';
import { useShortcuts } from '../state/shortcuts';
import { useScopedPath } from '../state/scoped-path';
import { AccountMenu } from './account-menu';
import { openPalette } from './palette';
import { ScopeControls } from './scope-controls';
import { ThemeSwitch } from './theme-switch';

interface HeaderProps {
  readonly menuOpen: boolean;
  readonly onMenu: () => void;
}

export function Header({ menuOpen, onMenu }: HeaderProps) {
  const scoped = useScopedPath();
  const narrow = useNarrow();
  return (
    <header className="shell-header">
      <ActionIcon
        className="menu-button"
        variant="subtle"
        color="gray"
        size={32}
        aria-label="Pages"
        aria-expanded={menuOpen}
        onClick={onMenu}
      >
        <IconMenu2 size={18} />
      </ActionIcon>
      <Link className="shell-brand" to={scoped('/')} aria-label="LLM Relay, overview">
        <Logo />
        <span className="is-wide-only">LLM Relay</span>
      </Link>
      <span className="environment" title={`The relay at ${window.location.host}`}>
        {environment()}
      </span>
      <button type="button" className="palette-button" onClick={openPalette} title="Search and commands">
        <IconSearch size={15} aria-hidden="true" />
        <span className="palette-button-text">Search trace id, tenant, page…</span>
        <Kbd size="xs">⌘K</Kbd>
      </button>
      <div className="header-controls">
        {narrow ? null : <ScopeControls />}
        <RefreshButton />
        <ThemeSwitch />
        <AccountMenu />
      </div>
    </header>
  );
}

function RefreshButton() {
  const queries = useQueryClient();
  const fetching = useIsFetching() > 0;
  const refresh = (): void => void queries.invalidateQueries();
  useShortcuts([{ keys: 'r', what: 'Refresh', run: refresh }]);
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={30}
      title="Refresh (R)"
      aria-label="Refresh"
      aria-busy={fetching}
      onClick={refresh}
    >
      <IconRefresh size={17} />
    </ActionIcon>
  );
}

/** Where this relay runs, as far as its address tells. */
const environment = (): string =>
  ['localhost', '127.0.0.1', '[::1]'].includes(window.location.hostname) ? 'local' : window.location.hostname;
