import { Modal, type ModalProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFocusBack } from './use-focus-back';

interface DialogProps extends Omit<ModalProps, 'opened' | 'closeButtonProps'> {
  readonly children: ReactNode;
}

/** A window over the page: its first field has the focus, and what opened it has it again afterwards. Mount it to open it. */
export function Dialog({ children, ...options }: DialogProps) {
  useFocusBack();
  return (
    <Modal opened {...options} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div ref={preferFirstField}>{children}</div>
    </Modal>
  );
}

const FIELDS = 'input:not([type=hidden], :disabled), textarea:not(:disabled), select:not(:disabled)';

/** Mantine focuses what is marked so, else the first button, which closes. */
function preferFirstField(body: HTMLElement | null): void {
  if (body === null || body.querySelector('[data-autofocus]')) return;
  body.querySelector(FIELDS)?.setAttribute('data-autofocus', 'true');
}
