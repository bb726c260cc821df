import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { RouterProvider } from 'react-router/dom';
import { LoginAgain } from '../auth/login-again';
import { resumeSession } from '../auth/session';
import { useSession } from '../auth/use-session';
import { FrontDoor } from '../features/front-door/front-door';
import { createQueryClient } from './query-client';
import { createRouter } from './router';
import { styleNonce } from '../state/style-nonce';
import { theme } from './theme';

export function App() {
  const [queries] = useState(createQueryClient);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" zIndex={400} />
        <Gate queries={queries} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The console for those who are logged in, the front door for all others, at whatever address. */
function Gate({ queries }: { readonly queries: QueryClient }) {
  const session = useSession();
  useEffect(() => void resumeSession(), []);
  const user = session.kind === 'active' || session.kind === 'ended' ? session.user : null;
  const who = user?.id ?? null;
  useEffect(() => () => queries.clear(), [who, queries]); // nobody sees what another has fetched
  if (session.kind === 'resuming') return null;
  if (!user) return <FrontDoor />;
  return (
    <>
      <Console key={who} />
      {session.kind === 'ended' ? <LoginAgain user={user} /> : null}
    </>
  );
}

function Console() {
  const [router] = useState(createRouter);
  useEffect(() => () => router.dispose(), [router]);
  return <RouterProvider router={router} />;
}
