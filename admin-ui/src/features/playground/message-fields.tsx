import { ActionIcon, Button, Select, Textarea } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { formatBytes } from '../../format/number';
import type { Draft, Turn } from './draft';

/** From so many characters on the size is told, and the browser's spelling is left alone: it would read all of it. */
const LONG = 5_000;
const MAX_TURNS = 40;

interface MessageFieldsProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
}

/** The conversation: instructions first, then turns. */
export function MessageFields({ draft, onChange }: MessageFieldsProps) {
  const { system, turns } = draft;
  const setTurn = (at: number, change: Partial<Turn>): void =>
    onChange({ turns: turns.map((turn, index) => (index === at ? { ...turn, ...change } : turn)) });
  const next = turns.at(-1)?.role === 'user' ? 'assistant' : 'user';
  return (
    <>
      <TextField label="System" rows={2} value={system} onChange={(text) => onChange({ system: text })} />
      {turns.map((turn, at) => (
        <div key={at} className="turn">
          {turns.length > 1 ? (
            <div className="turn-head">
              <Select
                aria-label={`Role of message ${at + 1}`}
                size="xs"
                w={110}
                allowDeselect={false}
                data={['user', 'assistant']}
                value={turn.role}
                onChange={(role) => setTurn(at, { role: role === 'assistant' ? 'assistant' : 'user' })}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size={26}
                aria-label={`Remove message ${at + 1}`}
                title="Remove"
                onClick={() => onChange({ turns: turns.filter((_, index) => index !== at) })}
              >
                <IconTrash size={15} />
              </ActionIcon>
            </div>
          ) : null}
          <TextField
            label={turns.length > 1 ? `Message ${at + 1}` : 'User'}
            rows={turns.length > 1 ? 3 : 6}
            value={turn.text}
            onChange={(text) => setTurn(at, { text })}
          />
        </div>
      ))}
      <Button
        variant="subtle"
        size="compact-xs"
        leftSection={<IconPlus size={14} />}
        disabled={turns.length >= MAX_TURNS}
        onClick={() => onChange({ turns: [...turns, { role: next, text: '' }] })}
      >
        Add a turn
      </Button>
    </>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly rows: number;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

function TextField({ label, rows, value, onChange }: TextFieldProps) {
  const long = value.length > LONG;
  return (
    <Textarea
      label={label}
      size="xs"
      rows={rows}
      resize="vertical"
      dir="auto"
      spellCheck={!long}
      {...(long ? { description: formatBytes(value.length) } : {})}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
