import { jsonObjects, parseObject } from '@relay/protocols';

/** An answer with images as the trace may keep it: of each picture how long it is, in characters of base64. */
export function withoutPictures(answer: Buffer): string {
  const text = answer.toString('utf8');
  const parsed = parseObject(text);
  if (parsed === null) return text;
  const data = jsonObjects(parsed['data']).map(({ b64_json: picture, ...image }) =>
    typeof picture === 'string' ? { ...image, b64_json: `(${picture.length} characters)` } : image,
  );
  return JSON.stringify({ ...parsed, data });
}
