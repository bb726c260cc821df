import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { PAGES } from './pages';
import { NotFound, PageFault } from './page-fault';
import { Shell } from '../shell/shell';

const pageRoutes: RouteObject[] = PAGES.flatMap(({ path, also = [], load }) =>
  [path, ...also].map((route) => ({
    path: route,
    lazy: async () => ({ Component: (await load()).default }),
    ErrorBoundary: PageFault,
  })),
);

export const createRouter = () =>
  createBrowserRouter([
    {
      element: <Shell />,
      children: [
        ...pageRoutes,
        { path: '/login', element: <Navigate to="/" replace /> },
        { path: '*', element: <NotFound /> },
      ],
      HydrateFallback: () => null,
    },
  ]);
