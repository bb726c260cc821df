import { Button, Group, Stack, TextInput, Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Dialog } from './dialog';

interface ConfirmDialogProps {
  readonly title: string;
  readonly children?: ReactNode; // what will happen, counted where it can be
  readonly action: string; // what the button says: a verb
  readonly danger?: boolean;
  /** Has to be typed first: for what cannot be taken back. */
  readonly typed?: string;
  /** Asks why; `required` lets nobody pass without. */
  readonly reason?: { readonly label: string; readonly required?: boolean };
  readonly busy?: boolean;
  readonly error?: Error | null;
  readonly onConfirm: (reason: string) => void;
  readonly onClose: () => void;
}

/** Asks before something is done. Mount it to open it. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, action, danger, typed, reason, busy = false, error, onConfirm, onClose } = props;
  const [entered, setEntered] = useState('');
  const [why, setWhy] = useState('');
  const ready = (typed === undefined || entered === typed) && (!reason?.required || why.trim() !== '');
  return (
    <Dialog onClose={onClose} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) onConfirm(why.trim());
        }}
      >
        <Stack gap="sm">
          {children}
          {reason ? (
            <Textarea
              label={reason.label}
              withAsterisk={reason.required ?? false}
              maxLength={2_000}
              autosize
              minRows={2}
              value={why}
              onChange={(event) => setWhy(event.currentTarget.value)}
            />
          ) : null}
          {typed === undefined ? null : (
            <TextInput
              label={
                <>
                  Type <code className="foreign">{typed}</code> to go on
                </>
              }
              autoComplete="off"
              value={entered}
              onChange={(event) => setEntered(event.currentTarget.value)}
            />
          )}
          {error ? (
            <p className="tone-bad foreign" role="alert">
              {error.message}
            </p>
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={!ready} {...(danger ? { color: 'red' } : {})}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
