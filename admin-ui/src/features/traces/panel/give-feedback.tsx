import { Button, TextInput } from '@mantine/core';
import { IconThumbDown, IconThumbUp } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../../api/client';
import type { TraceDetail } from '../../../api/queries/trace.queries';
import { useAllowed } from '../../../auth/can';

const MAX_COMMENT_LENGTH = 2_000;

/** A thumb up or down and a word: the last one of each person counts, for routing as that of an app does. */
export function GiveFeedback({ trace }: { readonly trace: TraceDetail }) {
  const allowed = useAllowed('giveFeedback');
  const queries = useQueryClient();
  const [comment, setComment] = useState('');
  const judge = useMutation({
    mutationFn: (score: 1 | -1) =>
      dataOf(
        api.POST('/api/traces/{id}/feedback', {
          params: { path: { id: trace.id } },
          body: { score, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) },
        }),
      ),
    onSuccess: () => {
      setComment('');
      return queries.invalidateQueries({ queryKey: ['trace'] });
    },
  });
  return (
    <form className="feedback-form" onSubmit={(event) => event.preventDefault()}>
      <TextInput
        size="xs"
        aria-label="Why"
        placeholder="Why (optional)"
        maxLength={MAX_COMMENT_LENGTH}
        value={comment}
        disabled={allowed.disabled}
        title={allowed.title}
        onChange={({ currentTarget }) => setComment(currentTarget.value)}
      />
      <Button
        size="xs"
        variant="default"
        leftSection={<IconThumbUp size={14} />}
        loading={judge.isPending && judge.variables === 1}
        onClick={() => judge.mutate(1)}
        {...allowed}
      >
        Good answer
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconThumbDown size={14} />}
        loading={judge.isPending && judge.variables === -1}
        onClick={() => judge.mutate(-1)}
        {...allowed}
      >
        Bad answer
      </Button>
      {judge.isError ? (
        <p role="alert" className="tone-bad">
          {judge.error.message}
        </p>
      ) : null}
    </form>
  );
}
