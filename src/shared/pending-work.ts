/** Counts what has been begun elsewhere, in another thread or over a socket, and is not done yet. */
export class PendingWork {
  #count = 0

  get isDone(): boolean {
    return this.#count === 0
  }

  /** Something has begun; the returned function says, once, that it is over. */
  begin(): () => void {
    this.#count++
    let isOver = false
    return () => {
      if (!isOver)
        this.#count--
      isOver = true
    }
  }

  /** Counts until the promise settles, and gives what it gives. */
  async track<T>(promise: Promise<T>): Promise<T> {
    const end = this.begin()
    try {
      return await promise
    }
    finally {
      end()
    }
  }
}
