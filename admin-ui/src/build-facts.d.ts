/** Version of the repository that this console was built from (vite.config.ts). */
declare const __RELAY_VERSION__: string;
