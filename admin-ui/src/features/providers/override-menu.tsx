import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { useAllowed } from '../../auth/can';
import { type Mode, MODES, type Override } from './override';
import { EndOverrideDialog, OverrideDialog, type Spoken } from './override-dialog';

interface OverrideMenuProps extends Spoken {
  readonly override: Override | null; // what is in force for just this
  /** With it the menu is that of a row: three dots, and a probe of its model. */
  readonly onProbe?: () => void;
}

/** What may be said of a provider, or of one model of it. */
export function OverrideMenu({ provider, target, override, onProbe }: OverrideMenuProps) {
  const [asked, setAsked] = useState<Mode | 'end' | null>(null);
  const allowed = useAllowed('steerProviders');
  const close = (): void => setAsked(null);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          {onProbe ? (
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={`What can be done with ${target}`}
              {...allowed}
            >
              <IconDots size={16} />
            </ActionIcon>
          ) : (
            <Button variant="default" size="xs" rightSection={<IconChevronDown size={14} />} {...allowed}>
              Override
            </Button>
          )}
        </Menu.Target>
        <Menu.Dropdown>
          {onProbe ? <Menu.Item onClick={onProbe}>Probe now</Menu.Item> : null}
          {(Object.keys(MODES) as Mode[]).map((mode) => (
            <Menu.Item key={mode} onClick={() => setAsked(mode)}>
              {MODES[mode].action}…
            </Menu.Item>
          ))}
          {override === null ? null : <Menu.Item onClick={() => setAsked('end')}>End the override…</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {asked === 'end' ? <EndOverrideDialog provider={provider} target={target} onClose={close} /> : null}
      {asked === null || asked === 'end' ? null : (
        <OverrideDialog provider={provider} target={target} mode={asked} onClose={close} />
      )}
    </>
  );
}
