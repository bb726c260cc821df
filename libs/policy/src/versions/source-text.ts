import { isMap, isScalar, parseDocument, stringify } from 'yaml';

/** The text with the server's number in place of the one that its author wrote; everything else stays as it was. */
export function withVersion(source: string, version: number): string {
  const { contents } = parseDocument(source, { uniqueKeys: false }); // doubled keys were refused before, in linear time
  if (!isMap(contents)) throw new Error('a policy that was read is a mapping');
  const written = contents.get('version', true);
  const range = isScalar(written) ? written.range : null;
  if (!range) throw new Error('a policy that was read has a version');
  return `${source.slice(0, range[0])}${version}${source.slice(range[1])}`;
}

/** A document as YAML, one rule after the other; long conditions are not folded. */
export const renderYaml = (document: object): string =>
  stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
