/** Codes of a run that came to nothing, in the platform's words (its table of script codes). */
export type ScriptCode
  /** It threw, or does not compile. */
  = | 26002
  /** It took longer than `limits.scriptRunMsMax`. */
    | 26003
  /** A function that is needed is not defined. */
    | 26006
  /** What it returned is not of a kind that can be taken on. */
    | 26007
  /** Too many runs wait already. */
    | 26010
  /** The sandbox itself failed. */
    | 26015

/** One call of one function of a script. */
export interface ScriptCall {
  /** Whose script it is. Calls of one id run one after the other, in the order they were asked for. */
  scriptId: string
  /** JavaScript. It is compiled once and again only when it differs from the text of the last call with this id. */
  text: string
  functionName: string
  /** The arguments, each as JSON text, so that 64-bit integers arrive with all their digits (as BigInt beyond 2^53). */
  args: readonly string[]
  /** What the script's `Date` shows, in epoch milliseconds: a script has no clock of its own. */
  now: number
  /** Other functions that have to be defined although this call does not use them. */
  requires?: readonly string[]
  /** Keep what the script writes with `console.log`. */
  keepLogs?: boolean
}

export type ScriptLogLevel = 'log' | 'info' | 'warn' | 'error' | 'debug'
export interface ScriptLogLine { level: ScriptLogLevel, text: string }

/** Why a run came to nothing. */
export interface ScriptProblem {
  code: ScriptCode
  /** A sentence. */
  message: string
  /** Where in the user's text, from 1; left out when no place is to blame. */
  line?: number
  column?: number
}

export interface ScriptRun {
  /** JSON text of what the function returned; null for `null` and `undefined`. */
  value: string | null
  problem: ScriptProblem | null
  logs: ScriptLogLine[]
  /** Time in the sandbox, compiling included; without the time of waiting. */
  elapsedMs: number
}

/**
 * Runs users' scripts in a sandbox on threads of its own. A run begins in exactly the state that the script has after its
 * top level was evaluated once: nothing that a run leaves behind is there in the next one.
 */
export interface ScriptRunner {
  /** Resolves with the result or the problem; never rejects. */
  run: (call: ScriptCall) => Promise<ScriptRun>
  /** Lets go of a script that will not run again. */
  forget: (scriptId: string) => void
  /** Calls that wait, and calls that were turned away because too many did. */
  stats: () => { waiting: number, refused: number }
  /** Ends its threads; what waits ends with code 26015. */
  close: () => Promise<void>
}

/** What a worker is started with. */
export interface ScriptWorkerSetup { wasmFile: string, runMsMax: number }

/** From the runner to a worker. `text` is left out when the worker has it already. */
export type ToScriptWorker
  = | { kind: 'run', id: number, call: Omit<ScriptCall, 'text'> & { text?: string } }
    | { kind: 'forget', scriptId: string }

/** From a worker to the runner. */
export interface FromScriptWorker { id: number, run: ScriptRun }

/** One call of a script that gives values. */
export interface ValueCall {
  /** JSON of the object that the function gets, without `random` and `state`. */
  about: string
  /** JSON of the state. */
  state: string
  random: () => number
}

export type ValueAnswer
  = | { kind: 'value', value: string, state: string }
  /** It gave null or nothing. */
    | { kind: 'nothing', state: string }
    | { kind: 'failed', problem: string, line: number | undefined }

/** A script that gives values: it defines a function `value`. */
export interface ValueScript {
  /** Why it cannot be called, in half a sentence; null when it can. */
  problem: { problem: string, line: number | undefined } | null
  /** Never throws. Nothing that one call leaves behind is there in the next one, but for the state it gave. */
  call: (call: ValueCall) => ValueAnswer
}

/** A sandbox that answers at once, in the thread of its caller. */
export interface ValueScripts {
  /** A text is compiled once. Never throws. */
  compile: (text: string) => ValueScript
  /** Lets go of all others. */
  keepOnly: (texts: ReadonlySet<string>) => void
  /** False once a script has broken it: another one has to be opened. */
  readonly isSound: boolean
}
