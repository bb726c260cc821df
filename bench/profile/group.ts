import type { CpuProfileNode } from './cpuprofile';

/** Whose code a frame is: a package, a library or app of this repository, a Node module, or the engine's own. */
export function groupOf({ functionName, url }: CpuProfileNode['callFrame']): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native';
  if (url.startsWith('node:')) return `node:${url.replace(/^node:(internal\/(deps\/)?)?/, '').split('/')[0] ?? ''}`;
  const inPackage = /.*\/node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage;
  const ours = /\/(?:dist\/)?(apps|libs|bench)\/([^/]+)\//.exec(url);
  if (ours) return ours[1] === 'libs' ? `@relay/${ours[2] ?? ''}` : `${ours[1] ?? ''}/${ours[2] ?? ''}`;
  return 'other';
}

/** Node's own and the engine's frames: they work for whoever called them. */
export function isRuntime(group: string): boolean {
  return group === 'native' || group.startsWith('node:') || group.startsWith('(');
}
