import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'

/** What a fleet is cloned with. */
interface CloneWish { productKey: string, deviceName: string, fromAt: number, toAt: number, variationPercent: number, prefix: string, name: string, count: number, seed: number }

/** Learning and making the fleet in one command. It is started by another one. */
export function cloneForms({ productKey, deviceName, fromAt, toAt, variationPercent, prefix, name, count, seed }: CloneWish): CopyForms {
  return { cli: ['fleet', 'clone', productKey, deviceName, '--from', new Date(fromAt).toISOString(), '--to', new Date(toAt).toISOString(), '--count', String(count), '--variation', String(variationPercent), '--prefix', prefix, '--name', name, '--seed', String(seed)] }
}
