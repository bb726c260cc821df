import type { JSONObject } from '@ai-sdk/provider';
import { mergeMessageUsage } from '@relay/protocols';
import { claudeThinking } from '../sdk/claude-thinking';
import type { Vendor } from '../sdk/vendor';

export const anthropicVendor: Vendor = {
  name: 'anthropic',
  signatureField: 'signature',
  chatFields: ['reasoning_effort', 'parallel_tool_calls', 'user'],

  async load(_provider, baseURL) {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return { chat: (model, link) => createAnthropic({ baseURL, ...link }).languageModel(model) };
  },

  chatOptions({ reasoning_effort: effort, parallel_tool_calls: parallel, user }, model) {
    const options: JSONObject = {};
    const thinking = claudeThinking(model, effort);
    if (thinking?.type === 'adaptive')
      Object.assign(options, { thinking: { type: 'adaptive' }, effort: thinking.effort });
    else if (thinking) options['thinking'] = { ...thinking };
    if (parallel === false) options['disableParallelToolUse'] = true;
    if (typeof user === 'string') options['metadata'] = { userId: user };
    return { anthropic: options };
  },

  // message_start tells the input, each message_delta the output so far.
  earlyUsage: { mark: '"usage":', merge: mergeMessageUsage },
};
