import { useLayoutEffect, useState } from 'react';

/** When what uses it goes, what had the focus when it came has it again: the button that opened a dialog. */
export function useFocusBack(): void {
  const [opener] = useState(openerNow);
  useLayoutEffect(() => {
    // A dialog that took the place of another: that one has just given the focus back.
    const back = opener?.isConnected ? opener : document.activeElement;
    return () => {
      if (back instanceof HTMLElement && back.isConnected) back.focus();
    };
  }, [opener]);
}

/** An entry of a menu is gone by the time the dialog is: then it is the button that the menu hangs on. */
function openerNow(): HTMLElement | null {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement)) return null;
  const menu = focused.closest('[role=menu]');
  return menu === null ? focused : document.querySelector(`[aria-controls="${CSS.escape(menu.id)}"]`);
}
