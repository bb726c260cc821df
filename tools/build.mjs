// Compiles apps/, libs/ and bench/ to dist/ with SWC (decorator metadata included), rewriting @relay/* to relative paths.
// Types are checked by `npm run check`, not here: a build takes about a second.
import { transform } from '@swc/core';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePackages } from './bundle-packages.mjs';
import { withDirectImports } from './direct-imports.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const out = `${dist}.${process.pid}`; // swapped in at the end: a failed build leaves the last good one in place
const SOURCES = ['apps', 'libs', 'bench'];

const BARREL = /[/]libs[/][^/]+[/]src[/]index[.]ts$/;

/** @param {string} barrel */
const localsOf = (barrel) =>
  [...readFileSync(barrel, 'utf8').matchAll(/ from '(\.[^']*)'/g)].map(([, specifier]) => specifier);

/** @param {string} file */
const options = (file) => ({
  filename: file,
  sourceMaps: true,
  swcrc: false,
  module: {
    type: /** @type {const} */ ('commonjs'),
    ignoreDynamic: true,
    // What a library is not asked for is not loaded: the command line needs its rules, not its database.
    lazy: BARREL.test(file) ? localsOf(file) : false,
  },
  jsc: {
    target: /** @type {const} */ ('es2023'),
    baseUrl: root,
    paths: { '@relay/*': ['libs/*/src/index.ts'] },
    parser: { syntax: /** @type {const} */ ('typescript'), decorators: true, dynamicImport: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
});

/** @param {string} file */
async function compile(file) {
  const target = path.join(out, path.relative(root, file)).replace(/\.ts$/, '.js');
  await mkdir(path.dirname(target), { recursive: true });
  if (!file.endsWith('.ts')) return copyFile(file, target);
  const source = withDirectImports(await readFile(file, 'utf8'), file);
  const { code, map } = await transform(source, options(file));
  await writeFile(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
  if (map) await writeFile(`${target}.map`, map);
}

const IGNORED = /(^|\/)(node_modules|results|\.tmp)(\/|$)|\.(spec|e2e-spec|d)\.ts$|\.md$/;

async function sources() {
  const files = [];
  for (const source of SOURCES) {
    for (const entry of await readdir(path.join(root, source), { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile() && !IGNORED.test(path.relative(root, file))) files.push(file);
    }
  }
  return files;
}

try {
  await Promise.all((await sources()).map(compile));
  await writeFile(path.join(out, 'package.json'), '{ "type": "commonjs" }\n');
  await bundlePackages(out);
  const old = `${dist}.old.${process.pid}`;
  await rename(dist, old).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(out, dist);
  await rm(old, { recursive: true, force: true });
} finally {
  await rm(out, { recursive: true, force: true });
}
