#!/usr/bin/env node
// `npx relay <command>`: installs and builds what is missing, as `npm start` does, then runs the command line.
process.argv.splice(2, 0, 'relay');
await import('../bootstrap.mjs');
