/** What is wrong with a notice on purpose. */
export interface NoticeFault {
  hasWrongDigest?: boolean
  /** How long its addresses are valid, milliseconds; less than 0: they have expired. */
  validMs?: number
}

/** What the trace says of a fault, or of what a device did under it. */
export interface FaultNote {
  operation: 'OTAExercise' | 'OTAFault' | 'OTADownload'
  /** The platform did it on purpose; the record carries the mark. */
  injected: boolean
  code: number
  message: string
  more: object
}
