import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconApi, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react';
import { Link } from 'react-router';
import { logout } from '../auth/session';
import { useUser } from '../auth/use-session';

export function AccountMenu() {
  const { email, role, tenant } = useUser();
  const { setColorScheme } = useMantineColorScheme();
  const theme = useComputedColorScheme('dark', { getInitialValueInEffect: false });
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="light" radius="xl" size={28} aria-label={`${initials(email)}: account`} title={email}>
          <span className="initials">{initials(email)}</span>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <span className="foreign">{email}</span>
          <br />
          {tenant === undefined ? role : `${role} of ${tenant}`}
        </Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconUserCircle size={15} />}>
          Account and password
        </Menu.Item>
        <Menu.Item
          leftSection={theme === 'dark' ? <IconSun size={15} /> : <IconMoon size={15} />}
          onClick={() => setColorScheme(other)}
        >
          Use the {other} theme
        </Menu.Item>
        <Menu.Item component="a" href="/docs" leftSection={<IconApi size={15} />}>
          API reference
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void logout()}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const initials = (email: string): string => email.slice(0, 2).toUpperCase();
