// The one way in: `node tools/bootstrap.mjs <start|test|...>`. Uses nothing but Node, because on a fresh clone there is nothing
// else: installs when the lock file changed, builds when sources changed, then runs what was asked for.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { linkedModules } from './linked-modules.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const stampDir = path.join(root, 'node_modules', '.relay');
const say = (text) => process.stderr.write(`relay: ${text}\n`);

const COMMANDS = {
  start: { needs: ['server', 'console'], run: ['dist/apps/relay/src/main.js'] },
  test: { needs: ['server', 'console'], run: ['node_modules/jest/bin/jest.js'] },
  check: { needs: ['server', 'console'], run: ['tools/check.mjs'] },
  bench: { needs: ['server'], run: ['dist/bench/main.js'] },
  train: { needs: ['server'], run: ['dist/bench/training/main.js'] },
  'test:wire': { needs: ['server', 'console'], run: ['tools/wire/run.mjs'] },
  build: { needs: ['server', 'console'], run: null },
  relay: { needs: ['server', 'console'], run: ['dist/apps/relay/src/cli/main.js'] }, // `npx relay`, see tools/relay
};

const BUILDS = {
  server: {
    sources: [
      'apps',
      'libs',
      'bench',
      'tools/build.mjs',
      'tools/bundle-packages.mjs',
      'tools/direct-imports.mjs',
      'tsconfig.json',
      'package-lock.json',
    ],
    output: 'dist/apps',
    says: 'compiling the server (a few seconds)',
    run: ['tools/build.mjs'],
  },
  console: {
    sources: [
      'admin-ui/src',
      'admin-ui/public',
      'admin-ui/index.html',
      'admin-ui/vite.config.ts',
      'admin-ui/precompress.ts',
      'admin-ui/package.json',
    ],
    output: 'admin-ui/dist',
    says: 'building the console (up to half a minute)',
    cwd: 'admin-ui',
    run: ['../node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'],
  },
};

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(`Node ${process.versions.node} is too old; LLM Relay needs Node 20.19 or later.`);
  process.exit(1);
}

/** Runs an install or build step to its end. */
function run(args, { cwd = root, quiet = false, command = process.execPath, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ['inherit', quiet ? 2 : 'inherit', 'inherit'], shell });
    child.on('error', (error) => {
      say(`cannot run ${command}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => {
      resolve(code ?? (signal ? 1 : 0));
    });
  });
}

const hash = (parts) => parts.reduce((sum, part) => sum.update(part).update('\0'), createHash('sha256')).digest('hex');

function stampMatches(name, value) {
  const file = path.join(stampDir, name);
  return existsSync(file) && readFileSync(file, 'utf8') === value;
}

function writeStamp(name, value) {
  mkdirSync(stampDir, { recursive: true });
  writeFileSync(path.join(stampDir, name), value);
}

/** Names, sizes and times of all files below: enough to notice an edit, and quick. */
function fingerprint(sources) {
  const parts = [];
  const visit = (file) => {
    const stat = statSync(path.join(root, file), { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(path.join(root, file)).sort())
        if (name !== 'node_modules' && name !== 'results') visit(path.join(file, name));
    } else parts.push(`${file} ${stat.size} ${stat.mtimeMs}`);
  };
  sources.forEach(visit);
  return hash(parts);
}

/** Whether somebody ran `npm ci` already: each package that npm noted as installed has the version of the lock file. */
function installedByHand() {
  const noted = path.join(root, 'node_modules', '.package-lock.json');
  if (existsSync(path.join(stampDir, 'install')) || !existsSync(noted)) return false;
  const { packages: installed } = JSON.parse(readFileSync(noted, 'utf8'));
  const { packages: wanted } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(wanted).every(
    ([at, { version, link, optional, devOptional }]) =>
      !at.startsWith('node_modules/') || link || optional || devOptional || installed[at]?.version === version,
  );
}

async function install() {
  const wanted = hash([
    readFileSync(path.join(root, 'package-lock.json'), 'utf8'),
    process.versions.modules,
    process.arch,
    process.platform,
  ]);
  if (stampMatches('install', wanted)) return;
  if (installedByHand()) return writeStamp('install', wanted);
  const leadsTo = linkedModules(root);
  if (leadsTo !== null) {
    say(`node_modules is a link, and npm ci would empty ${leadsTo}: run npm ci there, or remove the link.`);
    process.exit(1);
  }
  say('installing packages from the npm registry (npm ci; one to three minutes the first time)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const code = await run(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    command: npm,
    shell: process.platform === 'win32',
    quiet: true,
  });
  if (code !== 0) {
    say('npm ci failed; the lines above say why. Is the npm registry reachable?');
    process.exit(code);
  }
  writeStamp('install', wanted);
}

async function build(name) {
  const { sources, output, says, run: args, cwd } = BUILDS[name];
  const wanted = fingerprint(sources);
  if (existsSync(path.join(root, output)) && stampMatches(`build-${name}`, wanted)) return;
  say(says);
  const code = await run(args, { cwd: cwd ? path.join(root, cwd) : root, quiet: true });
  if (code !== 0) {
    say(`building the ${name} failed; the lines above say why.`);
    process.exit(code);
  }
  writeStamp(`build-${name}`, wanted);
}

const [name, ...rest] = process.argv.slice(2);
const command = COMMANDS[name];
if (!command) {
  say(`unknown command ${name ?? '(none)'}; allowed: ${Object.keys(COMMANDS).join(', ')}`);
  process.exit(2);
}
checkNode();
await install();
const servesConsole = name !== 'relay' || rest[0] === 'start';
for (const part of command.needs) if (part !== 'console' || servesConsole) await build(part);
if (command.run) {
  // In this very process: no second Node to start, and a signal or a `kill -9` reaches the relay itself.
  const [main] = command.run;
  process.argv = [process.argv[0], path.join(root, main), ...rest];
  await import(pathToFileURL(path.join(root, main)).href);
}
