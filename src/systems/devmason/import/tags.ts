import type { BulkConnection } from '../../../core/import/bulk.js';
import { Fate, type Stage } from '../../../core/import/stage.js';
import { sql } from '../../../core/store/sql.js';

/** Gives the builds of the file the tags that it says, and no others. A tag that no build has any more goes. */
export async function mergeTags(connection: BulkConnection, tags: Stage): Promise<void> {
  await connection.all(sql`INSERT INTO devmason_tag (project_id, name)
    SELECT DISTINCT b.project_id, s.name FROM import_tag s JOIN import_build b ON b.position = s.position
    WHERE NOT EXISTS (SELECT 1 FROM devmason_tag t WHERE t.project_id = b.project_id AND t.name = s.name)
    ORDER BY b.project_id, s.name`);
  await connection.all(sql`UPDATE import_tag SET build_id = b.id, tag_id = t.id
    FROM import_build b JOIN devmason_tag t ON t.project_id = b.project_id
    WHERE b.position = import_tag.position AND t.name = import_tag.name`);
  await tags.compare();
  const gone = sql`SELECT l.build_id, l.tag_id FROM import_build b JOIN devmason_build_tag l ON l.build_id = b.id
    WHERE b.fate <> ${Fate.NEW} AND b.kept = 0
      AND NOT EXISTS (SELECT 1 FROM import_tag s WHERE s.position = b.position AND s.tag_id = l.tag_id)`;
  await connection.all(sql`UPDATE import_build SET fate = ${Fate.REPLACED} WHERE fate = ${Fate.UNCHANGED} AND id IN (
    SELECT build_id FROM import_tag WHERE fate = ${Fate.NEW} UNION SELECT lost.build_id FROM (${gone}) lost)`);
  await connection.all(sql`DELETE FROM devmason_build_tag WHERE (build_id, tag_id) IN (${gone})`);
  await tags.write();
  await connection.all(sql`DELETE FROM devmason_tag
    WHERE project_id IN (SELECT project_id FROM import_build WHERE fate = ${Fate.REPLACED})
      AND NOT EXISTS (SELECT 1 FROM devmason_build_tag l WHERE l.tag_id = devmason_tag.id)`);
}
