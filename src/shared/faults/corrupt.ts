import type { corruptions } from '../contract/platform-fault.ts'

export type Corruption = Exclude<(typeof corruptions)[number], 'any'>

/** In the order in which `any` draws them. */
const allCorruptions: readonly Corruption[] = ['truncated', 'flipped', 'wrongId', 'wrongCodeType']

/** A payload spoiled on purpose, and how, in a few words. */
export interface Corrupted { payload: Uint8Array, how: string }

/**
 * Spoils a payload: cuts its end off, flips one bit of one byte, gives the reply another id, or writes its code as text (or as a
 * number, where it was text). What has no id or code is cut off instead. `draw` gives numbers from 0 to 1; the payload itself
 * stays as it is.
 */
export function corrupt(payload: Uint8Array, wish: Corruption | 'any', draw: () => number): Corrupted {
  const how = wish === 'any' ? allCorruptions[Math.floor(draw() * allCorruptions.length)]! : wish
  switch (how) {
    case 'flipped': return flip(payload, draw)
    case 'wrongId': return replaceMember(payload, /("id"\s*:\s*"?)(\d+)/, digits => otherDigits(digits), 'it carries another id than the request') ?? truncate(payload, draw)
    case 'wrongCodeType': return replaceMember(payload, /("code"\s*:\s*)("?-?\d+"?)/, code => code.startsWith('"') ? code.slice(1, -1) : `"${code}"`, 'the type of its code is wrong') ?? truncate(payload, draw)
    default: return truncate(payload, draw)
  }
}

function truncate(payload: Uint8Array, draw: () => number): Corrupted {
  const kept = Math.floor(payload.length * (0.3 + 0.6 * draw()))
  return { payload: payload.slice(0, kept), how: `only its first ${kept} of ${payload.length} bytes were sent` }
}

function flip(payload: Uint8Array, draw: () => number): Corrupted {
  const spoiled = payload.slice()
  if (spoiled.length === 0)
    return { payload: spoiled, how: 'it was empty and stayed so' }
  const at = Math.floor(draw() * spoiled.length)
  const bit = Math.floor(draw() * 8)
  spoiled[at] = spoiled[at]! ^ (1 << bit)
  return { payload: spoiled, how: `bit ${bit} of byte ${at} was flipped` }
}

function replaceMember(payload: Uint8Array, member: RegExp, change: (text: string) => string, how: string): Corrupted | null {
  // Bytes as characters one to one: the rest of the payload comes out as it went in, whatever it is.
  const text = Array.from(payload, byte => String.fromCharCode(byte)).join('')
  if (!member.test(text))
    return null
  const spoiled = text.replace(member, (_, before: string, value: string) => before + change(value))
  return { payload: Uint8Array.from(spoiled, character => character.charCodeAt(0)), how }
}

/** As many digits, and another number. */
function otherDigits(digits: string): string {
  const last = Number(digits.at(-1))
  return digits.slice(0, -1) + (last + 1) % 10
}
