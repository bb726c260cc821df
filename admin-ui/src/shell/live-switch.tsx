import { Button } from '@mantine/core';
import { useStreamsOpen } from '../api/streams';
import { setLive, useLive } from '../state/live';
import { useShortcuts } from '../state/shortcuts';

const HINTS = {
  paused: 'Live or paused (L)',
  live: 'Live or paused (L)',
  broken: 'What comes live does not come now; the rest of the page keeps itself up to date',
} as const;

/** Whether pages keep themselves up to date. */
export function LiveSwitch() {
  const live = useLive();
  const open = useStreamsOpen();
  const state = !live ? 'paused' : open ? 'live' : 'broken';
  const toggle = (): void => setLive(!live);
  useShortcuts([{ keys: 'l', what: 'Live or paused', run: toggle }]);
  return (
    <Button
      variant="default"
      size="xs"
      aria-pressed={live}
      title={HINTS[state]}
      leftSection={<span className={`live-dot is-${state}`} />}
      onClick={toggle}
    >
      {live ? 'Live' : 'Paused'}
    </Button>
  );
}
