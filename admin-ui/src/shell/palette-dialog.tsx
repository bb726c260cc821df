import { Modal, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useFocusBack } from '../components/use-focus-back';
import { matching, type Command } from './commands';
import { useCommands } from './use-commands';
import './palette-dialog.css';

interface PaletteDialogProps {
  readonly onClose: () => void;
  readonly onHelp: () => void;
}

/** A combobox over everything that can be gone to or done: type, arrows, Enter. */
export default function PaletteDialog({ onClose, onHelp }: PaletteDialogProps) {
  useFocusBack();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const found = matching(useCommands(text, onHelp), text);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }), [at]);

  const run = (command: Command | undefined): void => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      setAt((found.length + at + by) % Math.max(1, found.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[at]);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      size={600}
      yOffset="12vh"
      padding="xs"
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': 'Search and commands' } }}
    >
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        leftSection={<IconSearch size={17} />}
        placeholder="Trace id, tenant, page, action…"
        aria-label="Trace id, tenant, page or action"
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={found[at] ? `${list}-${at}` : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={box} className="palette-list" role="listbox" id={list} aria-label="Found">
        {found.map((command, index) => (
          <div key={command.id}>
            {command.group !== found[index - 1]?.group ? (
              <p className="palette-group" role="presentation">
                {command.group}
              </p>
            ) : null}
            <div
              className="palette-item"
              role="option"
              id={`${list}-${index}`}
              aria-selected={index === at}
              onPointerMove={() => setAt(index)}
              onClick={() => run(command)}
            >
              {command.icon ? <command.icon size={17} stroke={1.6} aria-hidden="true" /> : null}
              <span className="foreign one-line">{command.label}</span>
              {command.keys?.split(' ').map((key) => (
                <kbd key={key}>{key.toUpperCase()}</kbd>
              ))}
            </div>
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className="palette-none">Nothing of that name.</p> : null}
    </Modal>
  );
}
