import { Button } from '@mantine/core';
import { setLive, useLive } from '../state/live';
import { useShortcuts } from '../state/shortcuts';

/** Whether pages keep themselves up to date. */
export function LiveSwitch() {
  const live = useLive();
  const toggle = (): void => setLive(!live);
  useShortcuts([{ keys: 'l', what: 'Live or paused', run: toggle }]);
  return (
    <Button
      className="is-wide-only"
      variant="default"
      size="xs"
      aria-pressed={live}
      title="Live or paused (L)"
      leftSection={<span className={live ? 'live-dot is-live' : 'live-dot'} />}
      onClick={toggle}
    >
      {live ? 'Live' : 'Paused'}
    </Button>
  );
}
