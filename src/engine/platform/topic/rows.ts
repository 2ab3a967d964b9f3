import type { TopicOperation } from '../../../shared/alink/topic-category.ts'
import type { Statement } from '../../store/types.ts'

/** Categories of custom topics; a product without any has not been asked for its topics yet. */
export const topicTables = `
CREATE TABLE product_topic (
  topic_id    INTEGER PRIMARY KEY,
  product_key TEXT NOT NULL,
  path        TEXT NOT NULL,
  operation   TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at  INTEGER NOT NULL
);
`

export interface TopicRow {
  topicId: number
  productKey: string
  /** What follows `/{productKey}/{deviceName}/user/`, with wildcards. */
  path: string
  operation: TopicOperation
  description: string
  createdAt: number
}

/** All categories of all products, oldest first. */
export const selectTopics: Statement<TopicRow> = {
  name: 'topic.select',
  sql: 'SELECT topic_id, product_key, path, operation, description, created_at FROM product_topic ORDER BY topic_id',
  map: row => ({
    topicId: Number(row.topic_id),
    productKey: String(row.product_key),
    path: String(row.path),
    operation: row.operation as TopicOperation,
    description: String(row.description),
    createdAt: Number(row.created_at),
  }),
}

/** Parameters: id, product key, path, operation, description, created at. */
export const upsertTopic: Statement = {
  name: 'topic.upsert',
  sql: `INSERT INTO product_topic (topic_id, product_key, path, operation, description, created_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (topic_id) DO UPDATE SET path = excluded.path, operation = excluded.operation, description = excluded.description`,
}

/** Parameter: id. */
export const deleteTopic: Statement = { name: 'topic.delete', sql: 'DELETE FROM product_topic WHERE topic_id = ?' }

/** Parameter: product key. */
export const deleteTopicsOfProduct: Statement = { name: 'topic.deleteOfProduct', sql: 'DELETE FROM product_topic WHERE product_key = ?' }
