// `npm run test:wire`: the clients that people use, unchanged but for the base URL, against the built relay. Installs them first.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));
const isWindows = process.platform === 'win32';
const run = (command, args, options = {}) => {
  const { status } = spawnSync(command, args, { cwd: folder, stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
};

run(isWindows ? 'npm.cmd' : 'npm', ['ci', '--workspaces=false', '--no-audit', '--no-fund', '--loglevel=error'], {
  shell: isWindows,
});
const tests = readdirSync(path.join(folder, 'clients')).map((file) => path.join('clients', file));
run(process.execPath, ['--test', '--test-concurrency=1', ...tests]);
