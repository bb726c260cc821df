import { OPERATION_SHAPES } from '@relay/contracts';
import { type DocumentView, isObject, objects, type Report } from './document-view';

const PATHS = Object.values(OPERATION_SHAPES).map(({ path }) => path);
/** As in the examples of a provider's documentation, which show whole requests. */
const ENDS_IN_ROUTE = new RegExp(`/chat/completions/*$|/v\\d\\w*/(?:${PATHS.join('|')})/*$`);

/** Values that a schema takes for good, but that are most likely meant otherwise. Of keys and URLs nothing is repeated: they hold secrets. */
export function checkMistakenValues({ root, providers }: DocumentView, report: Report): void {
  providers.forEach(({ baseUrl, apiKey, apiKeys }, i) => {
    checkBaseUrl(`providers[${i}].baseUrl`, baseUrl, report);
    checkKey(`providers[${i}].apiKey`, apiKey, report);
    objects(apiKeys).forEach(({ value }, j) => checkKey(`providers[${i}].apiKeys[${j}].value`, value, report));
  });
  if (isObject(root.embedder)) {
    checkBaseUrl('embedder.baseUrl', root.embedder.baseUrl, report);
    checkKey('embedder.apiKey', root.embedder.apiKey, report);
  }
  checkFiles(root.files, report);
}

function checkBaseUrl(path: string, value: unknown, report: Report): void {
  const route = typeof value === 'string' ? ENDS_IN_ROUTE.exec(value)?.[0] : undefined;
  if (route === undefined) return;
  const found = `a URL that ends in ${route}`;
  report(path, found, 'the URL that all routes begin with, e.g. https://llm.example/v1: the relay adds the route');
}

function checkKey(path: string, value: unknown, report: Report): void {
  if (typeof value !== 'string' || !/^bearer\s/i.test(value)) return;
  report(path, 'a key with "Bearer" before it', 'the key alone: the relay adds "Bearer" where the kind wants it');
}

/** Only where both are said: a default that is too large does no harm, because the tenant's bound holds anyway. */
function checkFiles(files: unknown, report: Report): void {
  if (!isObject(files)) return;
  const { maxBytes, maxBytesPerTenant } = files;
  if (typeof maxBytes !== 'number' || typeof maxBytesPerTenant !== 'number' || maxBytes <= maxBytesPerTenant) return;
  report('files.maxBytes', String(maxBytes), `at most maxBytesPerTenant, which is ${maxBytesPerTenant}`);
}
