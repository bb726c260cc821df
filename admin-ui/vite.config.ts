import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

/** Where `npm start` listens unless PORT says otherwise. */
const RELAY = process.env.RELAY_URL ?? 'http://127.0.0.1:4100';
const SERVED_BY_THE_RELAY = ['/api', '/v1', '/health', '/metrics', '/docs', '/openapi.json'];

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export default defineConfig({
  plugins: [react(), precompress()],
  define: { __RELAY_VERSION__: JSON.stringify(version) },
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // the first with light-dark()
    assetsInlineLimit: 0, // a data: URL would need a wider content security policy
  },
  server: { proxy: Object.fromEntries(SERVED_BY_THE_RELAY.map((path) => [path, RELAY])) },
});
