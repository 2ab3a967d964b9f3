/** What an option accepts: a word for the error sentence and a reading of the text, undefined when it does not fit. */
export interface ValueKind<T> { expected: string, read: (text: string) => T | undefined }

/** One option of a command, said once: parsing, error sentences, help and documentation derive from it. */
export interface Option<T = unknown> {
  about: string
  /** Stands for the value in the help text; a switch has none. */
  placeholder: string | null
  kind: ValueKind<T> | null
  required: boolean
  /** The value when the option is not given. */
  initial: T
}

/** An argument without dashes, such as the FILE of `product import FILE`. */
export interface Positional {
  name: string
  about: string
  /** May be left out; only the last one can. */
  optional?: true
  /** May be given several times; only the last one can. */
  repeated?: true
}

interface Described { about: string, placeholder: string }

/** A switch: false unless it is given. */
export function flag(about: string): Option<boolean> {
  return {
    about,
    placeholder: null,
    kind: null,
    required: false,
    initial: false,
  }
}

/** The switch that every command has. */
export const jsonOption: Option<boolean> = flag('Print JSON, one value a line, and errors as JSON too.')

/** An option that may be left out. */
export function optional<T>(kind: ValueKind<T>, described: Described): Option<T | undefined> {
  return {
    ...described,
    kind,
    required: false,
    initial: undefined,
  }
}

export function withDefault<T>(kind: ValueKind<T>, initial: T, described: Described): Option<T> {
  return {
    ...described,
    kind,
    required: false,
    initial,
  }
}

export function required<T>(kind: ValueKind<T>, described: Described): Option<T> {
  // Never read: parsing ends with a sentence when the option is missing.
  return {
    ...described,
    kind,
    required: true,
    initial: undefined as T,
  }
}

export const anyText: ValueKind<string> = {
  expected: 'a text',
  read: text => text === ''
    ? undefined
    : text,
}

export function wholeNumber(min: number, max: number): ValueKind<number> {
  return {
    expected: `a whole number from ${min} to ${max}`,
    read: (text) => {
      const value = /^\d{1,16}$/.test(text)
        ? Number(text)
        : Number.NaN
      return value >= min && value <= max
        ? value
        : undefined
    },
  }
}

/** One of some words. */
export function oneOf<W extends string>(...words: W[]): ValueKind<W> {
  return { expected: words.join(' or '), read: text => words.find(word => word === text) }
}

/** Seconds, fractions allowed. */
export function seconds(min: number, max: number): ValueKind<number> {
  return {
    expected: `a number of seconds from ${min} to ${max}`,
    read: (text) => {
      const value = /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)
        ? Number(text)
        : Number.NaN
      return value >= min && value <= max
        ? value
        : undefined
    },
  }
}

/** An address to listen on; a name is left to the system to resolve. */
export const listenAddress: ValueKind<string> = {
  expected: 'an address of this machine, such as 0.0.0.0 or 192.168.1.20',
  read: text => /^[\w.:%-]{1,255}$/.test(text)
    ? text
    : undefined,
}

/** An MQTT broker's address: devices sign in with certificates of their own, so it holds no user and no path. */
export const brokerUrl: ValueKind<string> = {
  expected: 'an address such as mqtt://192.168.1.20:1883',
  read: (text) => {
    if (!URL.canParse(text))
      return undefined
    const { protocol, hostname, username, password, pathname, search, hash } = new URL(text)
    const isBare = username + password + search + hash === '' && (pathname === '' || pathname === '/')
    return (protocol === 'mqtt:' || protocol === 'mqtts:') && hostname !== '' && isBare ? text : undefined
  },
}
