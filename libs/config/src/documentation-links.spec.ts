import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
const DOCUMENTS = [
  'README.md',
  'bench/README.md',
  ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What stands outside of code, blocks and spans alike. */
const proseOf = (markdown: string): string => markdown.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]+`/g, '');

/** Targets of the links of a document that lead to a place in the repository. */
const linksIn = (markdown: string): string[] =>
  [...proseOf(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The anchors that GitHub gives the headings of a document; the second of one name is `name-1`. */
function anchorsIn(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of markdown.replace(/^```[^]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    let anchor = slug;
    for (let more = 1; anchors.has(anchor); more++) anchor = `${slug}-${more}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Why a link of a document leads nowhere; null if it does not. */
function faultOf(document: string, link: string): string | null {
  const [target = '', anchor] = link.split('#');
  const file = target === '' ? path.join(ROOT, document) : path.resolve(ROOT, path.dirname(document), target);
  if (!existsSync(file)) return `${link}: no such file`;
  if (anchor === undefined) return null;
  const hasHeading = !statSync(file).isDirectory() && anchorsIn(readFileSync(file, 'utf8')).has(anchor);
  return hasHeading ? null : `${link}: no such heading`;
}

describe('links of the documentation', () => {
  it.each(DOCUMENTS)('of %s lead to files and headings that there are', (document) => {
    const links = linksIn(readFileSync(path.join(ROOT, document), 'utf8'));
    expect(links.map((link) => faultOf(document, link)).filter((fault) => fault !== null)).toEqual([]);
  });

  it('are found, and those that lead nowhere too', () => {
    expect(linksIn('[a](b.md#c) `[x](y)` [w](https://example.com)\n```\n[c](d)\n```\n[e](#f)')).toEqual([
      'b.md#c',
      '#f',
    ]);
    expect(faultOf('docs/cache.md', 'policies.md')).toBe('policies.md: no such file');
    expect(faultOf('docs/cache.md', '../README.md')).toBeNull();
    expect(faultOf('docs/cache.md', '#no-heading')).toBe('#no-heading: no such heading');
    expect(anchorsIn('# One `b`, two?\n## A\n## A\n```\n# no\n```')).toEqual(new Set(['one-b-two', 'a', 'a-1']));
  });
});
