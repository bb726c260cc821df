import type { PolicyDocument } from '@relay/contracts';
import { canonicalJson, sha256Hex } from '@relay/core';

/**
 * SHA-256 of a document as canonical JSON, in hex. Its number is left out: the server gives a pushed file another one, and
 * what is asked of a digest is whether two policies say the same.
 */
export function policyDigest(document: PolicyDocument): string {
  return sha256Hex(canonicalJson({ ...document, version: undefined }));
}

/** How traces and people call a version. */
export const labelOf = ({ name, version }: { readonly name: string; readonly version: number }): string =>
  `${name}@${version}`;
