import { Button, Group, Stack } from '@mantine/core';
import type { Schemas } from '../../../api/client';
import { CopyButton } from '../../../components/copy-button';
import { Dialog } from '../../../components/dialog';

interface SecretDialogProps {
  readonly made: Schemas['CreatedApiKey'];
  readonly onClose: () => void;
}

/** The one time that a key is shown. A click beside it does not lose it. */
export function SecretDialog({ made, onClose }: SecretDialogProps) {
  return (
    <Dialog
      onClose={onClose}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={<span className="foreign">The key {made.name}</span>}
      size="lg"
    >
      <Stack gap="sm">
        <p>
          Copy it now. The relay keeps its hash only, and <b>cannot show it again</b>.
        </p>
        <div className="secret">
          <code aria-label="Key">{made.key}</code>
          <CopyButton text={made.key} what="the key" />
        </div>
        <p className="soft">
          Apps use it as the API key of any OpenAI client, with the base URL{' '}
          <code className="foreign">{window.location.origin}/v1</code>.
        </p>
        <Group justify="flex-end">
          <Button onClick={onClose}>I have kept it</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
