import type { Schemas } from '../../../api/client';

/** Says what a first publish means: from then on the database decides, not the file. */
export function FileNotice({ overview }: { readonly overview: Schemas['PolicyOverview'] }) {
  if (overview.published) return null;
  return (
    <p className="file-notice">
      The policy of <code className="foreign">{overview.file.path}</code> is in force, and the text below begins with
      it. Once a version is published, that version holds instead, with all its rules; changes of the file’s policy then
      have no effect until it is unpublished.
    </p>
  );
}
