import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../../components/dialog';

interface SaveViewProps {
  readonly onSave: (name: string) => void;
  readonly onClose: () => void;
}

export function SaveView({ onSave, onClose }: SaveViewProps) {
  const [name, setName] = useState('');
  return (
    <Dialog onClose={onClose} title="Save this view" size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSave(name.trim());
        }}
      >
        <Stack gap="sm">
          <TextInput
            data-autofocus
            label="Name"
            description="Kept in this browser, for your account"
            maxLength={40}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button type="submit" disabled={name.trim() === ''}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
