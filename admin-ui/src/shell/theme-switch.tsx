import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';

export function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const now = useComputedColorScheme('dark', { getInitialValueInEffect: false });
  const other = now === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon
      className="is-wide-only"
      variant="subtle"
      color="gray"
      size={30}
      title={`Use the ${other} theme`}
      aria-label={`Use the ${other} theme`}
      onClick={() => setColorScheme(other)}
    >
      {now === 'dark' ? <IconSun size={17} /> : <IconMoon size={17} />}
    </ActionIcon>
  );
}
