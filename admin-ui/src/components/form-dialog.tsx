import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Dialog } from './dialog';

interface FormDialogProps {
  readonly title: string;
  readonly action: string; // what the button says: a verb
  readonly ready?: boolean; // nothing is missing
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode; // the fields
}

/** Fields that are sent together; what the relay refuses is told above the buttons. Mount it to open it. */
export function FormDialog(props: FormDialogProps) {
  const { title, action, ready = true, busy, error, onSubmit, onClose, children } = props;
  return (
    <Dialog onClose={onClose} title={<span className="foreign">{title}</span>} size="lg" closeOnClickOutside={false}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) onSubmit();
        }}
      >
        <Stack gap="sm">
          {children}
          {error ? (
            <p className="tone-bad foreign" role="alert">
              {error.message}
            </p>
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={!ready}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
