// Exits with 0 when the relay in this container is ready; by HTTPS where it has a certificate, whoever that is for.
import http from 'node:http';
import https from 'node:https';

const { PORT = '4100' } = process.env;
const url = (scheme) => `${scheme}://127.0.0.1:${PORT}/health/ready`;
const exit = ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1);

http.get(url('http'), exit).on('error', () => {
  https.get(url('https'), { rejectUnauthorized: false }, exit).on('error', () => process.exit(1));
});
