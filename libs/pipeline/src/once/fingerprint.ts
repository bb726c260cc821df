import { OPERATION_SHAPES } from '@relay/contracts';
import { sha256Hex } from '@relay/core';
import type { Exchange } from '../exchange';
import { tellingHeaders } from '../operations/meaningful-headers';

const BOUNDARY = /boundary=(?:"([^"]+)"|([^;\s]+))/i;

/** Of the question: the body, and the headers that change what it means. */
export function fingerprintOf({ operation, headers, body }: Exchange): string {
  const telling = JSON.stringify(tellingHeaders(operation, headers) ?? null);
  const text = body.toString('latin1');
  const isForm = OPERATION_SHAPES[operation].body === 'form';
  return sha256Hex(`${telling}\n${isForm ? withoutBoundary(text, headers['content-type'] ?? '') : text}`);
}

/** A client writes a form anew with another boundary. */
function withoutBoundary(text: string, contentType: string): string {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  return boundary === undefined ? text : text.replaceAll(boundary, '');
}
