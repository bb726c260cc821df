/** Places in relay.yaml where `env:NAME`, `file:PATH` and `vault:PATH#FIELD` are references. Policies have none. */
const SECRET_FIELD = new RegExp(
  [
    '(^|\\.)(apiKey|clientSecret|secret|signingSecret|password|accessKeyId|secretAccessKey|sessionToken)$',
    '(^|\\.)(apiKeys|keys)\\[\\d+\\]\\.value$',
    '(^|\\.)tls\\.(ca|cert|key)$',
    '^providers\\[\\d+\\]\\.proxy$',
    '(^|\\.)headers\\.[^.[]+$',
    '^alerts\\.channels\\[\\d+\\]\\.(url|token)$',
  ].join('|'),
);

/** Vault cannot tell how it is to be reached: no `vault:` here. */
const VAULT_FIELD = /^secrets\.vault\.(ca|auth\.(token|roleId|secretId))$/;

export const isSecretField = (path: string): boolean =>
  !path.startsWith('policy.') && (SECRET_FIELD.test(path) || VAULT_FIELD.test(path));

export const isVaultField = (path: string): boolean => VAULT_FIELD.test(path);
