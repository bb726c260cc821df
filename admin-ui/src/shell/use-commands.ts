import { useMantineColorScheme } from '@mantine/core';
import { IconActivity, IconBuilding, IconKeyboard, IconLogout, IconMoonStars, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { tenantsQuery } from '../api/queries/relay.queries';
import { logout } from '../auth/session';
import { useScopedPath } from '../state/scoped-path';
import { useTenantScope } from '../state/tenant-scope';
import { looksLikeId, type Command } from './commands';
import { useVisiblePages } from './use-visible-pages';

/** All that the palette offers, and what it makes of the text in it. */
export function useCommands(text: string, onHelp: () => void): readonly Command[] {
  const navigate = useNavigate();
  const scoped = useScopedPath();
  const pages = useVisiblePages();
  const { setTenant } = useTenantScope();
  const { toggleColorScheme } = useMantineColorScheme();
  const tenants = useQuery(tenantsQuery).data?.data ?? [];
  const go = (path: string) => () => void navigate(path);
  return [
    ...searches(text.trim(), (path) => go(scoped(path))),
    ...pages.map(({ path, label, icon, key }) => ({
      id: path,
      group: 'Go to',
      label,
      icon,
      keys: `g ${key}`,
      run: go(scoped(path)),
    })),
    ...tenants.map(({ id }) => ({
      id: `tenant ${id}`,
      group: 'Narrow to tenant',
      label: id,
      icon: IconBuilding,
      run: () => setTenant(id),
    })),
    { id: 'theme', group: 'Do', label: 'Change the theme', icon: IconMoonStars, run: toggleColorScheme },
    { id: 'keys', group: 'Do', label: 'Keyboard shortcuts', icon: IconKeyboard, keys: '?', run: onHelp },
    { id: 'logout', group: 'Do', label: 'Log out', icon: IconLogout, run: () => void logout() },
  ];
}

function searches(text: string, go: (path: string) => () => void): readonly Command[] {
  if (text === '') return [];
  const open: Command = {
    id: 'open',
    group: 'Traces',
    label: `Open trace ${text}`,
    icon: IconActivity,
    always: true,
    run: go(`/traces/${encodeURIComponent(text)}`),
  };
  const search: Command = {
    id: 'search',
    group: 'Traces',
    label: `Search traces for “${text}”`,
    icon: IconSearch,
    always: true,
    run: go(`/traces?q=${encodeURIComponent(text)}`),
  };
  return looksLikeId(text) ? [open, search] : [search];
}
