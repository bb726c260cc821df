import { Button, Modal, Stack } from '@mantine/core';
import { LoginPanel } from './login-panel';
import { logout, type User } from './session';

/** Over the page, which stays as it is: the session ended while somebody was at work. */
export function LoginAgain({ user }: { readonly user: User }) {
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
        <LoginPanel email={user.email} />
        <Button variant="subtle" color="gray" onClick={() => void logout()}>
          Leave instead
        </Button>
      </Stack>
    </Modal>
  );
}
