import { Suspense, useEffect, useState } from 'react';
import { Outlet, useLocation } from 'react-router';
import { useShortcuts } from '../state/shortcuts';
import { browserStore } from '../state/storage';
import { ConnectionBanner } from './connection-banner';
import { Header } from './header';
import { Navigation } from './navigation';
import { Palette } from './palette';
import { ShortcutHelp } from './shortcut-help';
import { usePageShortcuts } from './use-page-shortcuts';
import './shell.css';

const COLLAPSED = 'relay-nav-collapsed';

/** Header, navigation and the page between them. */
export function Shell() {
  const [collapsed, setCollapsed] = useState(() => browserStore.get(COLLAPSED) === '1');
  const [open, setOpen] = useState(false); // on a phone
  const [help, setHelp] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => setOpen(false), [pathname]);
  const collapse = (): void => {
    browserStore.set(COLLAPSED, collapsed ? '0' : '1');
    setCollapsed(!collapsed);
  };
  usePageShortcuts();
  useShortcuts([
    { keys: '[', what: 'Fold or unfold the navigation', run: collapse },
    { keys: '?', what: 'This list', run: () => setHelp(true) },
  ]);
  return (
    <div className={['shell', collapsed ? 'is-collapsed' : '', open ? 'is-open' : ''].join(' ')}>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <Header menuOpen={open} onMenu={() => setOpen(!open)} />
      <Navigation collapsed={collapsed} onCollapse={collapse} />
      <main id="content" className="shell-main" tabIndex={0}>
        <ConnectionBanner />
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <Palette onHelp={() => setHelp(true)} />
      {help ? <ShortcutHelp onClose={() => setHelp(false)} /> : null}
    </div>
  );
}
