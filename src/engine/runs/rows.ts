import type { Run, RunSettings } from '../../shared/contract/run.ts'
import type { ScenarioResult } from '../../shared/scenario/figures.ts'
import type { BoundStatement, SqlValue, Statement, TraceSpan } from '../store/types.ts'

/** Runs of fleets and scenarios; one that goes on has no end and is written again and again. */
export const runTables = `
CREATE TABLE run (
  run_id     TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,
  fleet_ids  TEXT NOT NULL,
  seed       INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  ended_at   INTEGER,
  ended_by   TEXT,
  problem    TEXT,
  verdict    TEXT,
  pinned     INTEGER NOT NULL DEFAULT 0,
  note       TEXT NOT NULL DEFAULT '',
  figures    TEXT NOT NULL,
  story      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX run_by_start ON run (started_at);
`

/** What is only read of a single run: it may be large. */
export interface RunStory { result: ScenarioResult, settings: RunSettings | null }

const columns = 'run_id, kind, name, fleet_ids, seed, started_at, ended_at, ended_by, problem, verdict, pinned, note, figures'

function readRun(row: Record<string, SqlValue>): Run {
  const text = (value: SqlValue | undefined): string | null => value === null || value === undefined ? null : String(value)
  return {
    runId: String(row.run_id),
    kind: String(row.kind) as Run['kind'],
    name: String(row.name),
    fleetIds: JSON.parse(String(row.fleet_ids)) as string[],
    seed: Number(row.seed),
    startedAt: Number(row.started_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
    end: text(row.ended_by) as Run['end'],
    problem: text(row.problem),
    verdict: text(row.verdict) as Run['verdict'],
    isPinned: row.pinned === 1,
    note: String(row.note),
    ...JSON.parse(String(row.figures)) as Pick<Run, 'figures' | 'onlineMax' | 'refusedByCode' | 'machine'>,
  }
}

/** Which runs a list is about; what is left out is any. */
export interface RunWish { kind?: Run['kind'] | undefined, fleetId?: string | undefined, isPinned?: boolean | undefined }

const wanted = '(? IS NULL OR kind = ?) AND (? IS NULL OR instr(fleet_ids, ?) > 0) AND (? IS NULL OR pinned = ?)'

/** The parameters of the condition. */
export function paramsOf({ kind, fleetId, isPinned }: RunWish): SqlValue[] {
  const fleet = fleetId === undefined ? null : JSON.stringify(fleetId)
  const pinned = isPinned === undefined ? null : Number(isPinned)
  return [kind ?? null, kind ?? null, fleet, fleet, pinned, pinned]
}

/** Parameters: those of the condition, limit, offset. The newest first. */
export const selectRuns: Statement<Run> = { name: 'run.select', sql: `SELECT ${columns} FROM run WHERE ${wanted} ORDER BY started_at DESC, run_id LIMIT ? OFFSET ?`, map: readRun }

/** Parameters: those of the condition. */
export const countRuns: Statement<{ total: number }> = { name: 'run.count', sql: `SELECT count(*) AS total FROM run WHERE ${wanted}`, map: row => ({ total: Number(row.total) }) }

/** Parameter: run id. */
export const selectRun: Statement<Run & RunStory> = {
  name: 'run.selectOne',
  sql: `SELECT ${columns}, story FROM run WHERE run_id = ?`,
  map: row => ({ ...readRun(row), ...JSON.parse(String(row.story)) as RunStory }),
}

/** The run of exactly these fleets before an instant. Parameters: fleet ids as JSON, instant, run id that is not meant. */
export const selectRunBefore: Statement<Run & RunStory> = {
  name: 'run.selectBefore',
  sql: `SELECT ${columns}, story FROM run WHERE kind = 'fleet' AND fleet_ids = ? AND started_at <= ? AND run_id <> ? ORDER BY started_at DESC LIMIT 1`,
  map: selectRun.map!,
}

/** Writes a run as it is now; pin and note are changed by other statements only. */
export function upsertRun(run: Run, story: RunStory, seenAt: number): BoundStatement {
  const { figures, onlineMax, refusedByCode, machine } = run
  return {
    statement: {
      name: 'run.upsert',
      sql: `INSERT INTO run (run_id, kind, name, fleet_ids, seed, started_at, seen_at, ended_at, ended_by, problem, verdict, figures, story) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (run_id) DO UPDATE SET seen_at = excluded.seen_at, ended_at = excluded.ended_at, ended_by = excluded.ended_by, problem = excluded.problem, verdict = excluded.verdict, figures = excluded.figures, story = excluded.story`,
    },
    params: [run.runId, run.kind, run.name, JSON.stringify(run.fleetIds), run.seed, run.startedAt, seenAt, run.endedAt, run.end, run.problem, run.verdict, JSON.stringify({ figures, onlineMax, refusedByCode, machine }), JSON.stringify(story)],
  }
}

/** Runs that a crash has cut short: they end where they were last written. */
export const closeCutRuns: Statement = { name: 'run.closeCut', sql: 'UPDATE run SET ended_at = seen_at, ended_by = \'engine\', verdict = \'stopped\' WHERE ended_at IS NULL' }

/** Parameter: how many runs that are over and not pinned are kept, the newest. */
export const forgetOldRuns: Statement = {
  name: 'run.forgetOld',
  sql: 'DELETE FROM run WHERE pinned = 0 AND ended_at IS NOT NULL AND run_id NOT IN (SELECT run_id FROM run WHERE pinned = 0 ORDER BY started_at DESC, run_id LIMIT ?)',
}

/** Parameters: pinned (1 or 0), run id. */
export const pinRun: Statement = { name: 'run.pin', sql: 'UPDATE run SET pinned = ? WHERE run_id = ?' }
/** Parameters: note, run id. */
export const noteRun: Statement = { name: 'run.note', sql: 'UPDATE run SET note = ? WHERE run_id = ?' }
/** Parameter: run id. */
export const deleteRun: Statement = { name: 'run.delete', sql: 'DELETE FROM run WHERE run_id = ?' }

/** The time of each pinned run; one that goes on has no end yet. */
export const selectPinnedSpans: Statement<TraceSpan> = {
  name: 'run.pinnedSpans',
  sql: 'SELECT started_at, ended_at FROM run WHERE pinned = 1',
  map: row => ({ fromAt: Number(row.started_at), toAt: row.ended_at === null ? Number.POSITIVE_INFINITY : Number(row.ended_at) }),
}
