// An OpenID provider as a process of its own: `node oidc-provider.mjs REDIRECT_URI`. Tells where it is by IPC; whom it knows, by login name
// and claims, is told to it in the same way. Its pages for login and consent are those that the package has for development.
import { once } from 'node:events';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

let accounts = {};

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: 'relay', client_secret: 'secret-of-the-relay', redirect_uris: [process.argv[2]] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups', 'tenant'] },
  pkce: { required: () => true },
  cookies: { keys: ['a key of the tests'] },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
});
server.on('request', provider.callback());
process.on('message', (told) => {
  accounts = told;
  process.send({ accounts: Object.keys(accounts).length });
});
process.on('disconnect', () => process.exit());
process.send({ issuer });
