import { eachMatch, type PiiDetector } from './pii-detector';

/** Formats that their issuers document, or that GitHub's secret scanning lists. Runs are greedy and end the pattern: nothing to go back for. */
const FORMATS = [
  'sk-[\\w-]{20,}', // OpenAI, Anthropic (sk-ant-), DeepSeek, OpenRouter (sk-or-)
  'rk-[\\w-]{30,}', // this relay
  '(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}', // Stripe
  'whsec_[A-Za-z0-9+/]{24,}',
  'gh[pousr]_[A-Za-z0-9]{36,}', // GitHub
  'github_pat_\\w{22,}',
  'glpat-[\\w-]{20,}', // GitLab
  'xox[abeoprs]-[A-Za-z0-9-]{10,}', // Slack
  'xapp-\\d-[A-Za-z0-9-]{10,}',
  '(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])', // AWS
  'AIza[\\w-]{35}', // Google
  'ya29\\.[\\w-]{20,}',
  'hf_[A-Za-z0-9]{30,}', // Hugging Face
  'gsk_[A-Za-z0-9]{40,}', // Groq
  'xai-[A-Za-z0-9]{60,}',
  'pplx-[A-Za-z0-9]{40,}',
  'nvapi-[\\w-]{50,}',
  'r8_[A-Za-z0-9]{37}', // Replicate
  'npm_[A-Za-z0-9]{36}',
  'pypi-AgE[\\w-]{50,}',
  'SG\\.[\\w-]{22}\\.[\\w-]{43}', // SendGrid
  'dop_v1_[a-f0-9]{64}', // DigitalOcean
  'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}', // Shopify
  'AGE-SECRET-KEY-1[0-9A-Z]{58}',
];
const API_KEY = new RegExp(`(?<![A-Za-z0-9_-])(?:${FORMATS.join('|')})`, 'g');

/** Keys of well-known services. Words joined by hyphens (`sk-learn-something-long`) hold no digit and are none. */
export const findApiKeys: PiiDetector = (text, found) =>
  eachMatch(API_KEY, text, (value, start) => {
    if (/\d/.test(value) && /[A-Za-z]{2}/.test(value)) found(start, start + value.replace(/[-.]+$/, '').length);
  });
