import { policyDocumentSchema, policyFragmentSchema } from '@relay/contracts';
import { z } from 'zod';

export const MAX_INCLUDED_FILES = 32; // of one policy

const include = z.array(z.string().min(1).max(1_024)).max(MAX_INCLUDED_FILES).optional(); // paths relative to the file

/** A policy as people write it: with other files that come before it. */
export const policySourceSchema = policyDocumentSchema.extend({ include }).meta({ id: 'PolicySource' });
/** What an included file holds. */
export const includedPolicySchema = policyFragmentSchema.extend({ include });
