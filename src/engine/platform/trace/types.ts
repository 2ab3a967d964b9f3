/** When the stations of one message were reached, in milliseconds of the stopwatch; what was not reached is left out. */
export interface RowTimes {
  /** A message of a device: it was complete. A message to a device: it was called for. */
  begunAt: number
  /** A message of a device: its verdict was there. A message to a device: it was handed to its connection. */
  doneAt?: number
  /** The row was safe on the disk. */
  storedAt?: number
  /** The device's PUBACK came. */
  acknowledgedAt?: number
}
