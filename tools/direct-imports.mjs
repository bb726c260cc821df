// Imports of a library by its name, as imports of the file that defines what is imported. A barrel re-exports by a getter for each name,
// which a hot path pays at each use (measured: 3% of a cache miss), and it loads the whole library for the sake of one name.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const LIBRARY_IMPORT = /^import \{([^}]*)\} from '@relay\/([a-z-]+)';/gm;
const RE_EXPORT = /^export (?:\*|\{([^}]*)\}) from '(\.[^']*)';/gm;
const DEFINITION = /^export (?:declare )?(?:abstract )?(?:async )?(?:class|function\*?|const|let|enum) ([\w$]+)/gm;

/** @typedef {{ readonly file: string, readonly name: string }} Origin where a name is defined, without extension, and what it is called there */

/** @type {Map<string, ReadonlyMap<string, Origin>>} */
const known = new Map();

/**
 * The values that a library offers.
 * @param {string} library
 */
function offersOf(library) {
  let offers = known.get(library);
  if (!offers) known.set(library, (offers = readOffers(path.join(root, 'libs', library, 'src/index.ts'))));
  return offers;
}

/** @param {string} barrel @returns {Map<string, Origin>} */
function readOffers(barrel) {
  const offers = new Map();
  for (const [, names, from] of readFileSync(barrel, 'utf8').matchAll(RE_EXPORT)) {
    const file = path.join(path.dirname(barrel), from ?? '');
    if (names === undefined) for (const name of definedIn(file)) offers.set(name, { file, name });
    else for (const { name, as } of values(names)) offers.set(as, { file, name });
  }
  return offers;
}

/** @param {string} file without extension */
function definedIn(file) {
  const source = existsSync(`${file}.ts`) ? `${file}.ts` : path.join(file, 'index.ts');
  return [...readFileSync(source, 'utf8').matchAll(DEFINITION)].map(([, name]) => name ?? '');
}

/**
 * `a, type B, c as d` without the types. Throws on anything else, such as a comment among the names.
 * @param {string} names
 */
function values(names) {
  return names
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && !one.startsWith('type '))
    .map((one) => {
      const [, name, as = name] = /^([\w$]+)(?: as ([\w$]+))?$/.exec(one) ?? [];
      if (name === undefined || as === undefined) throw new Error(`not a list of names: { ${names.trim()} }`);
      return { name, as };
    });
}

/**
 * The same source, line for line. What a barrel does not define by name is asked of the barrel still.
 * @param {string} source of TypeScript @param {string} file
 */
export function withDirectImports(source, file) {
  return source.replace(LIBRARY_IMPORT, (statement, /** @type {string} */ names, /** @type {string} */ library) => {
    const offers = offersOf(library);
    const imports = values(names).map(({ name, as }) => {
      const origin = offers.get(name);
      const from = origin ? `./${path.relative(path.dirname(file), origin.file)}` : `@relay/${library}`;
      return `import { ${origin?.name ?? name} as ${as} } from '${from}';`;
    });
    return imports.join(' ') + '\n'.repeat(statement.split('\n').length - 1);
  });
}

/** Changes whenever the same source would be given other imports. */
export function directImportsKey() {
  const libraries = readdirSync(path.join(root, 'libs')).filter((library) => /^[a-z-]+$/.test(library));
  const offers = JSON.stringify(libraries.map((library) => [...offersOf(library)]));
  return createHash('sha256').update(offers).digest('hex');
}
