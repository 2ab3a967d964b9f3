/** How long a finishing fleet waits for acknowledgements, and then for replies. */
const acknowledgeMsMax = 10_000
const replyMsMax = 1_000

/** What a fleet still waits for. */
export interface Outstanding {
  /** QoS 1 publishes without a PUBACK. */
  inflight: number
  /** Replies of the platform that have come, and how many it was asked for. */
  replied: number
  asked: number
}

/** The end of a fleet, which reports no more and waits for what is under way. */
export class Finishing {
  #wait: { acknowledgeUntil: number, replyUntil: number, resolve: () => void } | undefined

  get hasBegun(): boolean {
    return this.#wait !== undefined
  }

  /** Resolves when nothing is outstanding, or after 10 s. */
  begin(now: number, outstanding: Outstanding): Promise<void> {
    return new Promise((resolve) => {
      this.#wait = { acknowledgeUntil: now + acknowledgeMsMax, replyUntil: now + replyMsMax, resolve }
      this.look(now, outstanding)
    })
  }

  look(now: number, { inflight, replied, asked }: Outstanding): void {
    if (this.#wait === undefined || (inflight > 0 && now < this.#wait.acknowledgeUntil))
      return
    // Only the platform replies, and it does so at once.
    const isReplyMissing = replied > 0 && replied < asked
    if (isReplyMissing && now < this.#wait.replyUntil)
      return
    this.#wait.resolve()
  }
}
