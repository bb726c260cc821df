import { Checkbox, Stack, TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { providersQuery } from '../../api/queries/relay.queries';
import { may } from '../../auth/roles';
import { useUser } from '../../auth/use-session';

const MAX_MODELS = 1_000;

interface ModelsFieldProps {
  readonly all: string; // what it means to name none: `All models`
  readonly value: readonly string[] | null;
  readonly onChange: (models: readonly string[] | null) => void;
  readonly choices?: readonly string[] | null; // what there is to choose from; null: whatever the relay has
}

/** Which models: all, or those that are named. Names that the relay does not know yet are taken as well. */
export function ModelsField({ all, value, onChange, choices = null }: ModelsFieldProps) {
  const known = useKnownModels();
  return (
    <Stack gap={6}>
      <Checkbox
        label={all}
        checked={value === null}
        onChange={(event) => onChange(event.currentTarget.checked ? null : (choices ?? []))}
      />
      {value === null ? null : (
        <TagsInput
          label="Only these models"
          placeholder={value.length === 0 ? 'None: every request is refused' : ''}
          data={[...(choices ?? known)]}
          value={[...value]}
          onChange={onChange}
          maxTags={MAX_MODELS}
          clearable
          clearButtonProps={{ 'aria-label': 'No model' }}
        />
      )}
    </Stack>
  );
}

function useKnownModels(): readonly string[] {
  const enabled = may(useUser().role, 'seeRelay');
  const { data } = useQuery({ ...providersQuery, enabled });
  const models = data?.data.flatMap(({ targets }) => targets.flatMap((target) => target.models)) ?? [];
  return [...new Set(models)].sort();
}
