// An environment for Jest without a realm of its own. A realm for each test file means that whatever a file loads is compiled anew:
// hundreds of files loaded TypeORM, NestJS and ourselves again, half of the CPU of a run. Here a worker compiles each file once, and runs
// it anew for each test file, so that state of our own modules stays apart; packages are loaded once (packages-once.cjs).
const vm = require('node:vm');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { TestEnvironment } = require('jest-environment-node');
const { ModuleMocker } = require('jest-mock');

/** Stands for this realm where Jest asks for the context of an environment. */
const HERE = {};

const { compileFunction } = vm;
const { runInContext } = vm.Script.prototype; // oxlint-disable-line typescript/unbound-method
/** @type {Map<string, { readonly source: string, readonly run: Function }>} by file */
const compiled = new Map();

vm.Script.prototype.runInContext = function (context, options) {
  return context === HERE ? this.runInThisContext(options) : runInContext.call(this, context, options);
};
vm.compileFunction = (source, parameters, options) => {
  if (options.parsingContext !== HERE) return compileFunction(source, parameters, options);
  const known = compiled.get(options.filename);
  if (known?.source === source) return known.run;
  // Without Jest's callback for import(), which would keep all that the first test file loaded.
  const run = compileFunction(source, parameters, { filename: options.filename });
  compiled.set(options.filename, { source, run });
  return run;
};

const globals = Object.getOwnPropertyDescriptors(globalThis);
const variables = { ...process.env };

module.exports = class OneRealm extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    restore();
    this.global = globalThis;
    this.fakeTimersModern = new ModernFakeTimers({ config: config.projectConfig, global: globalThis });
    this.moduleMocker = new ModuleMocker(globalThis);
  }

  getVmContext() {
    return HERE;
  }
};

/** Globals and variables of the process as they were before the first test file. */
function restore() {
  for (const key of Object.keys(globalThis)) if (!(key in globals)) delete globalThis[key];
  for (const [key, was] of Object.entries(globals)) {
    const is = Object.getOwnPropertyDescriptor(globalThis, key);
    if (is?.value !== was.value || is?.get !== was.get) Object.defineProperty(globalThis, key, was);
  }
  for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
  Object.assign(process.env, variables);
}
