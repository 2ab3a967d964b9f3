import path from 'node:path'

/** The name a product gets from the file of its thing model: `thermostat` for `/tmp/thermostat.tsl.json`. */
export function productNameOf(file: string): string {
  const name = path.basename(file).replace(/(?:\.tsl)?\.(?:json|zip)$/i, '').trim().slice(0, 64).trim()
  return name === '' ? 'Product' : name
}
