// SWC for Jest, with imports of libraries made direct as in the build: a test loads the files it uses, not the libraries they are in.
const { createTransformer } = require('@swc/jest');

/** @type {Promise<typeof import('../direct-imports.mjs')>} */
const directImports = import('../direct-imports.mjs');

/** @param {object} options of SWC */
module.exports.createTransformer = async (options) => {
  const { directImportsKey, withDirectImports } = await directImports;
  const swc = createTransformer(options);
  const key = directImportsKey();
  return {
    canInstrument: swc.canInstrument,
    getCacheKey: (source, file, context) => swc.getCacheKey(source + key, file, context),
    process: (source, file, context) =>
      swc.process(file.endsWith('.ts') ? withDirectImports(source, file) : source, file, context),
  };
};
