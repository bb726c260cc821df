// Puts the packages that a start of the relay loads into one file, dist/packages.js: 2,700 small files cost more to find, read and compile
// than to run. Which ones: what the compiled code requires at once. apps/relay/src/boot/packages.ts hands them out.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const cache = path.join(root, 'node_modules', '.cache', 'relay');

/** Compiled code of tests, and of other processes and threads: each loads little, from node_modules. */
const APART = /(^|\/)(testing|test)\/|^apps\/relay\/src\/cli\/|\.(worker|contract)\.js$/;
const REQUIRE = /\brequire\("([^".][^"]*)"\)/g;
/** Native code, and WebAssembly of other threads. */
const LEFT_OUT =
  /^(@node-rs\/|@electric-sql\/|@energetic-ai\/|msgpackr-extract$|pg-native$)|^(eld|gpt-tokenizer)(\/|$)/;
/** Loaded by `import()` when a provider needs it, and then from node_modules with all that it shares classes with. */
const ON_DEMAND = /^@ai-sdk\//;

/** @param {string} specifier */
const stays = (specifier) => isBuiltin(specifier) || LEFT_OUT.test(specifier) || ON_DEMAND.test(specifier);

/**
 * Writes packages.js into a folder of compiled code. The last one is kept under node_modules/.cache for as long as the lock and the
 * list stay the same: a build takes a second or two without it.
 * @param {string} dist
 */
export async function bundlePackages(dist) {
  const specifiers = await requiredBy(dist);
  const kept = path.join(cache, `packages-${keyOf(specifiers)}.js`);
  if (!existsSync(kept)) {
    await mkdir(cache, { recursive: true });
    const whole = `${kept}.${process.pid}`;
    await writeFile(whole, await bundle(specifiers));
    await rename(whole, kept);
  }
  await copyFile(kept, path.join(dist, 'packages.js'));
}

/** @param {string} dist */
async function requiredBy(dist) {
  /** @type {Set<string>} */
  const found = new Set();
  for (const folder of ['apps', 'libs']) {
    for (const file of await readdir(path.join(dist, folder), { recursive: true })) {
      const relative = `${folder}/${file.replaceAll(path.sep, '/')}`;
      if (!relative.endsWith('.js') || APART.test(relative)) continue;
      const code = await readFile(path.join(dist, relative), 'utf8');
      for (const [, specifier = ''] of code.matchAll(REQUIRE)) if (!stays(specifier)) found.add(specifier);
    }
  }
  return [...found].sort();
}

/** @param {readonly string[]} specifiers */
function keyOf(specifiers) {
  const sum = createHash('sha256').update(specifiers.join());
  for (const file of ['package-lock.json', 'tools/bundle-packages.mjs'])
    sum.update(readFileSync(path.join(root, file)));
  return sum.digest('hex').slice(0, 16);
}

const ENTRY = 'relay-packages';

/** @param {readonly string[]} specifiers */
async function bundle(specifiers) {
  const doors = specifiers.map(
    (specifier) => `${JSON.stringify(specifier)}: () => require(${JSON.stringify(specifier)})`,
  );
  const build = await rolldown({
    cwd: root,
    input: { packages: ENTRY },
    platform: 'node',
    external: stays,
    treeshake: false, // what a package does on being loaded is to be done
    resolve: { conditionNames: ['node', 'require', 'default'] },
    logLevel: 'silent', // packages name optional peers that are not there
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? path.join(root, `${ENTRY}.cjs`) : null),
        load: (id) => (id === path.join(root, `${ENTRY}.cjs`) ? `module.exports = {\n${doors.join(',\n')}\n};` : null),
      },
      {
        name: 'own-folder',
        transform: {
          filter: { id: /[/\\]node_modules[/\\]/, code: /\b__(dirname|filename)\b|\bimport\.meta\.resolve\b/ },
          handler: (code, id) => withOwnFolder(code, id),
        },
      },
    ],
  });
  const { output } = await build.generate({
    format: 'cjs',
    codeSplitting: false,
    dynamicImportInCjs: false, // `import()` is not there for code that V8 has kept
    comments: { legal: false, annotation: false, jsdoc: false }, // each package's licence lies in node_modules
  });
  await build.close();
  const code = inAscii(output[0].code);
  return `// ${createHash('sha256').update(code).digest('hex')}\n${code}`;
}

/** Packages that look for files of their own find them in node_modules. @param {string} code @param {string} id */
function withOwnFolder(code, id) {
  const from = id.slice(id.indexOf(`${path.sep}node_modules${path.sep}`)).replaceAll(path.sep, '/');
  const at = (/** @type {string} */ file) => `(__dirname + ${JSON.stringify(`/..${file}`)})`;
  return code
    .replace(/\bimport\.meta\.resolve\b/g, 'require.resolve')
    .replace(/\b__(dirname|filename)\b/g, (_, what) => at(what === 'dirname' ? path.posix.dirname(from) : from));
}

/** A text of one byte a character takes V8 half the memory. Escapes are read as such, so that `\é` does not become `\\u00e9`. @param {string} code */
const inAscii = (code) =>
  code.replace(/\\\p{ASCII}|\\?(\P{ASCII})/gu, (whole, character) =>
    character === undefined ? whole : character.split('').map(escapeOf).join(''),
  );

/** @param {string} unit of UTF-16 */
const escapeOf = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
