import type { Migration } from './types.ts'

/**
 * One segment of the trace. One row is one message.
 * - `at_shift`: arrival minus the instant in the id; 0 (which takes no space) unless the clock was set back or a
 *   millisecond had more rows than ids.
 * - `topic_id`, and the property ids inside `samples`: names that repeat in nearly every row are kept once.
 * - `direction`: 0 up, 1 down, 2 record.
 * - `samples`: see `sample-codec.ts`; read again when points of a series were lost before they reached `series.db`.
 * The index of a device brings its row ids along, so it also answers "the last of this device"; the second index holds
 * the failures only and keeps them in order of time.
 * `summary` gets its row when the segment is finished.
 *
 * Version 2 is what searching asks for and writing hardly feels: every addition goes to the end of something.
 * - `trace_cause`: the rows of a journey; causes grow with time as the ids do.
 * - `trace_late`: rows more than {@link lateMsMin} after what caused them, few where all is well.
 * - `trace_code`: one code among the failures; `trace_failed` brings code and device along, so that rows are not looked up for them.
 * - `block` and `block_rows`: topic and device of `blockRows` rows in a row, as numbers one after the other, and as bits for
 *   which of them are there at all (see `row-blocks.ts`). Walking over these is a thousand times cheaper than over rows,
 *   and an index by topic would cost a third of the writing.
 *
 * A segment keeps the version it was made with: building indexes for finished ones would hold up the start.
 */
export const segmentMigrations: readonly Migration[] = [{
  version: 1,
  name: 'trace rows with their topics and properties',
  sql: `
    CREATE TABLE trace (
      id INTEGER PRIMARY KEY,
      at_shift INTEGER NOT NULL,
      device_id INTEGER NOT NULL,
      direction INTEGER NOT NULL,
      qos INTEGER NOT NULL,
      code INTEGER,
      topic_id INTEGER NOT NULL,
      cause_id INTEGER,
      device_key TEXT,
      detail TEXT,
      samples BLOB,
      payload BLOB NOT NULL
    );
    CREATE INDEX trace_device ON trace (device_id);
    CREATE INDEX trace_failed ON trace (id, code) WHERE code IS NOT NULL AND code <> 200;
    CREATE TABLE topic (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE property (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE summary (rows INTEGER NOT NULL);`,
}, {
  version: 2,
  name: 'journeys, late rows, codes, and blocks of topics and devices',
  sql: `
    CREATE INDEX trace_cause ON trace (cause_id) WHERE cause_id IS NOT NULL;
    CREATE INDEX trace_late ON trace (id, cause_id) WHERE cause_id IS NOT NULL AND id - cause_id > 409600;
    CREATE INDEX trace_code ON trace (code) WHERE code IS NOT NULL AND code <> 200;
    DROP INDEX trace_failed;
    CREATE INDEX trace_failed ON trace (id, code, device_id) WHERE code IS NOT NULL AND code <> 200;
    CREATE TABLE block (
      last_id INTEGER PRIMARY KEY,
      first_id INTEGER NOT NULL,
      topic_bits BLOB NOT NULL,
      device_bits BLOB NOT NULL
    );
    CREATE TABLE block_rows (
      last_id INTEGER PRIMARY KEY,
      topics BLOB NOT NULL,
      devices BLOB NOT NULL,
      ids BLOB NOT NULL
    );`,
}]

/** The version of a segment from which on it has the additions for searching. */
export const searchableVersion = 2

/** Rows later than this after their cause, in milliseconds, are in an index of their own. */
export const lateMsMin = 100

/**
 * The numeric series. A block holds up to 4,096 points of one series in order of time; its header has what is needed
 * to answer for the whole block without reading the points, which are in a table of their own so that headers stay
 * dense. Smaller blocks are called chunks; they are merged as more points arrive. Ids of points are never used twice
 * (AUTOINCREMENT), so a read that took a header a moment ago cannot find the points of another block under its id.
 * - `series.row_id`: every sample in trace rows up to this one is in a block.
 * - `series.chunks`, `chunk_points`, `chunks_from`: how many chunks wait to be merged, their points, and the earliest.
 * - `progress.checkpoint_id`: the same as `row_id`, for all series at once; where reading back from the trace starts.
 */
export const seriesMigrations: readonly Migration[] = [{
  version: 1,
  name: 'series in blocks',
  sql: `
    CREATE TABLE series (
      id INTEGER PRIMARY KEY,
      device_id INTEGER NOT NULL,
      property TEXT NOT NULL,
      row_id INTEGER NOT NULL,
      chunks INTEGER NOT NULL,
      chunk_points INTEGER NOT NULL,
      chunks_from INTEGER NOT NULL,
      UNIQUE (device_id, property)
    );
    CREATE TABLE block (
      series_id INTEGER NOT NULL,
      first_at INTEGER NOT NULL,
      id INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      n INTEGER NOT NULL,
      min REAL NOT NULL,
      max REAL NOT NULL,
      sum REAL NOT NULL,
      last REAL NOT NULL,
      PRIMARY KEY (series_id, first_at, id)
    ) WITHOUT ROWID;
    CREATE TABLE points (id INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB NOT NULL);
    CREATE TABLE progress (checkpoint_id INTEGER NOT NULL);
    INSERT INTO progress VALUES (0);`,
}]
