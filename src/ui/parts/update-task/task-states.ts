import type { TaskState } from '../../../shared/ota/task.ts'

/** How a state of an update looks: each has a colour, a shape, and in a bar a pattern where colours are close. */
export interface TaskLook {
  /** A CSS colour made of the theme's. */
  color: string
  /** SVG path in a box of 12 × 12. */
  path: string
  /** Lines rather than an area. */
  lines?: boolean
  pattern?: 'stripes' | 'dots'
}

const circle = 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z'

export const taskLooks: Record<TaskState, TaskLook> = {
  SUCCEEDED: { color: 'var(--online)', path: 'M2 6.5l3 3l5-7', lines: true },
  IN_PROGRESS: { color: 'var(--accent)', path: 'M3 1.5l7 4.5l-7 4.5z' },
  NOTIFIED: { color: 'color-mix(in srgb, var(--accent) 45%, var(--surface))', path: circle },
  QUEUED: { color: 'var(--idle)', path: circle, lines: true },
  CONFIRM: { color: 'var(--kicked)', path: 'M6 1.5l5 9h-10z', pattern: 'dots' },
  CANCELED: { color: 'var(--text-faint)', path: 'M2 6h8', lines: true, pattern: 'stripes' },
  FAILED: { color: 'var(--failed)', path: 'M6 .8l5.2 5.2l-5.2 5.2l-5.2-5.2z' },
}

/** From left to right in a bar: what is done grows from the left, what went wrong from the right. */
export const barOrder: readonly TaskState[] = ['SUCCEEDED', 'IN_PROGRESS', 'NOTIFIED', 'QUEUED', 'CONFIRM', 'CANCELED', 'FAILED']
