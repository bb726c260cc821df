import { Button } from '@mantine/core';
import { stopResuming } from '../auth/session';
import { EmptyState } from '../components/states';

/** While it is asked whether the session of before goes on, and nobody says. */
export function Resuming() {
  return (
    <main role="status">
      <EmptyState
        title="The relay does not answer"
        text="It may be restarting. Your session goes on as soon as it answers."
        actions={
          <Button variant="light" size="xs" onClick={stopResuming}>
            To the login
          </Button>
        }
      />
    </main>
  );
}
