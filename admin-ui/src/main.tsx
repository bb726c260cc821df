import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import { App } from './app/app';
import { styleNonce } from './state/style-nonce';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/mantine.css';
import './styles/base.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

// Where react-remove-scroll, which locks the page behind drawers, looks for the nonce of its style sheet.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
