import { lstatSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** Where `node_modules` in this folder leads, if it is a link; null if it is not. What lies there belongs to somebody else. */
export function linkedModules(root) {
  const modules = path.join(root, 'node_modules');
  const isLink = lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? readlinkSync(modules) : null;
}
