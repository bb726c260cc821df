// A runtime for Jest that has Node load packages, once in a worker: they keep no state that one test file could leave to the next.
const { createRequire, isBuiltin } = require('node:module');
const Runtime = require('jest-runtime').default;

/** Loaded anew by each test file: `prom-client` has a default registry, `eld` is loaded from another place than Node would. */
const ANEW = new Set(['prom-client', 'eld', '@jest/globals']);
const PACKAGE = /^(?:@[\w.-]+\/)?[a-z][\w.-]*/;

/** @type {Map<string, NodeJS.Require>} by the file that requires */
const requires = new Map();

module.exports = class PackagesOnce extends Runtime {
  requireModuleOrMock(from, name) {
    const [packageName] = PACKAGE.exec(name) ?? [];
    if (!packageName || packageName.startsWith('@relay/') || ANEW.has(packageName) || isBuiltin(name)) {
      return super.requireModuleOrMock(from, name);
    }
    let require = requires.get(from);
    if (!require) requires.set(from, (require = createRequire(from)));
    return require(name);
  }
};
