import { Button, Modal, Stack } from '@mantine/core';
import { useEffect } from 'react';
import { LoginPanel } from './login-panel';
import { logout, renewSession, type User } from './session';

/** Over the page, which stays as it is: the session ended while somebody was at work. */
export function LoginAgain({ user }: { readonly user: User }) {
  useLoginElsewhere();
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      title="Your session has ended"
      centered
    >
      <Stack gap="sm">
        <p className="soft">Log in again to go on. Nothing on the page is lost.</p>
        <LoginPanel over={user.email} />
        <Button variant="subtle" color="gray" onClick={() => void logout()}>
          Leave instead
        </Button>
      </Stack>
    </Modal>
  );
}

/** Whoever comes back from another tab may have logged in there. */
function useLoginElsewhere(): void {
  useEffect(() => {
    const look = (): void => {
      if (!document.hidden) void renewSession().catch(() => undefined); // asks for the password still
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
}
