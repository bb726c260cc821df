import { type DocumentView, isObject, objects, type Part, type Report } from './document-view';

/** Reports of one provider: paths are within it. */
type Check = (provider: Part, report: Report) => void;

const CHECKS: readonly Check[] = [baseUrl, simulator, keys, certificates, bedrock, credentials];

/** What a kind of provider needs, what only another kind takes, and what does not fit together. */
export function checkProviders({ providers }: DocumentView, report: Report): void {
  providers.forEach((provider, i) => {
    for (const check of CHECKS)
      check(provider, (path, found, allowed) => report(`providers[${i}].${path}`, found, allowed));
  });
}

const AZURE = 'https://NAME.openai.azure.com/openai/v1, or https://NAME.openai.azure.com/openai?api-version=…';

/** What has to be said, for kinds that are in no one place. */
const BASE_URLS: ReadonlyMap<unknown, string> = new Map([
  ['openai', 'the base URL of an OpenAI-compatible server, e.g. http://127.0.0.1:8000/v1'],
  ['azure', `the base URL of the resource: ${AZURE}`],
]);

function baseUrl({ kind, baseUrl: written }: Part, report: Report): void {
  const needed = BASE_URLS.get(kind);
  if (needed !== undefined && written === undefined) report('baseUrl', 'nothing', needed);
  if (kind !== 'azure' || typeof written !== 'string' || !URL.canParse(written)) return;
  const { pathname, searchParams } = new URL(written);
  if (/\/v1\/*$/.test(pathname) || searchParams.has('api-version')) return;
  report('baseUrl', 'neither the v1 API nor an api-version', AZURE);
}

function simulator({ kind, simulator: settings }: Part, report: Report): void {
  if (kind === 'simulator' || settings === undefined) return;
  report('simulator', `settings on a provider of kind ${String(kind)}`, 'nothing, or kind: simulator');
}

function keys({ apiKey, apiKeys }: Part, report: Report): void {
  const seen = new Set<unknown>([apiKey]);
  objects(apiKeys).forEach(({ value }, i) => {
    if (value === undefined) return;
    if (seen.has(value)) report(`apiKeys[${i}].value`, 'a value that another key has', 'a value of its own');
    seen.add(value);
  });
}

function certificates({ tls }: Part, report: Report): void {
  if (!isObject(tls) || (tls.cert === undefined) === (tls.key === undefined)) return;
  report('tls', tls.cert === undefined ? 'a key alone' : 'a certificate alone', 'cert and key');
}

/** Bedrock is where its region says, and takes a key or signed requests. */
function bedrock({ kind, region, baseUrl: written, apiKey, apiKeys, credentials: signs }: Part, report: Report): void {
  if (kind !== 'bedrock') return;
  if (!isAwsRegion(region) && (written === undefined || signs !== undefined)) {
    const found = region === undefined ? 'nothing' : 'a text that is no region of AWS';
    report('region', found, 'the AWS region that is asked, e.g. eu-central-1');
  }
  if (apiKey === undefined && apiKeys === undefined && signs === undefined) {
    report('apiKey', 'nothing', 'a Bedrock API key, or credentials with accessKeyId and secretAccessKey');
  }
}

const isAwsRegion = (region: unknown): boolean =>
  typeof region === 'string' && /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region);

function credentials({ kind, credentials: signs }: Part, report: Report): void {
  if (kind === 'bedrock' || signs === undefined) return;
  report('credentials', `those of a provider of kind ${String(kind)}`, 'kind: bedrock');
}
