import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { LoginAgain } from '../auth/login-again';
import { resumeSession } from '../auth/session';
import { useSession } from '../auth/use-session';
import { FrontDoor } from '../features/front-door/front-door';
import { Console } from './console';
import { Resuming } from './resuming';
import { styleNonce } from '../state/style-nonce';
import { theme } from './theme';

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <Notifications position="bottom-right" zIndex={400} />
      <Gate />
    </MantineProvider>
  );
}

/** The console for those who are logged in, the front door for all others, at whatever address. */
function Gate() {
  const session = useSession();
  useEffect(() => void resumeSession(), []);
  if (session.kind === 'resuming') return session.unanswered ? <Resuming /> : null;
  if (session.kind === 'anonymous') return <FrontDoor />;
  return (
    <>
      <Console key={session.user.id} />
      {session.kind === 'ended' ? <LoginAgain user={session.user} /> : null}
    </>
  );
}
