/**
 * How the sending of a part of a file is watched and disturbed; places are counted in bytes from the start of the file. A file
 * without a flow is sent as fast as the device takes it.
 */
export interface FileFlow {
  /**
   * How many of the next bytes, at most `wanted`, may be sent now; resolves when that is so. 'break' ends the connection in the
   * middle of the answer.
   */
  next: (at: number, wanted: number) => Promise<number | 'break'>
  /** Sending is over; `complete` when everything asked for was handed to the connection. */
  ended: (at: number, complete: boolean) => void
}
