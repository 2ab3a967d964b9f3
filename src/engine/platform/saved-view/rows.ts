import type { SavedView } from '../../../shared/contract/saved-view.ts'
import type { Statement } from '../../store/types.ts'

/** Filters of lists that have a name. */
export const savedViewTables = `
CREATE TABLE saved_view (
  view_id INTEGER PRIMARY KEY,
  list    TEXT NOT NULL,
  name    TEXT NOT NULL COLLATE NOCASE,
  filter  TEXT NOT NULL,
  UNIQUE (list, name)
);
`

/** All views, the oldest first. */
export const selectSavedViews: Statement<SavedView> = {
  name: 'savedView.select',
  sql: 'SELECT view_id, list, name, filter FROM saved_view ORDER BY view_id',
  map: row => ({
    viewId: Number(row.view_id),
    list: String(row.list) as SavedView['list'],
    name: String(row.name),
    filter: String(row.filter),
  }),
}

/** Parameters: id, list, name, filter. */
export const upsertSavedView: Statement = {
  name: 'savedView.upsert',
  sql: 'INSERT INTO saved_view (view_id, list, name, filter) VALUES (?, ?, ?, ?) ON CONFLICT (view_id) DO UPDATE SET list = excluded.list, name = excluded.name, filter = excluded.filter',
}

/** Parameter: id. */
export const deleteSavedView: Statement = { name: 'savedView.delete', sql: 'DELETE FROM saved_view WHERE view_id = ?' }
