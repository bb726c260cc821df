import path from 'node:path';
import { SERVER_CORE } from '../process/cores';
import { NodeProcess } from '../process/node-process';
import { nodeArgs } from './node-args';
import type { Subject } from './subject';

export const reference: Subject = {
  summary: 'bare Fastify + undici passthrough with usage sniff: what the relay is compared with',
  start: async ({ upstreamUrl, profileDirectory }) => {
    const process = NodeProcess.start({
      script: path.join(__dirname, '../reference/main.js'),
      core: SERVER_CORE,
      nodeArgs: nodeArgs(profileDirectory),
      env: { UPSTREAM_URL: upstreamUrl, PORT: '0' },
    });
    const port = await process.ready();
    return {
      pid: process.pid,
      port,
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer bench-reference' },
      facts: {},
      stop: () => process.stop(),
    };
  },
};
