/** Of this relay: that of package.json, which is not beside the code once it is compiled. */
export const RELAY_VERSION = '0.1.0';
