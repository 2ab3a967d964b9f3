import type { ApiClient } from '../shared/contract/contract.ts'
import type { OtaPackage } from '../shared/contract/ota-package.ts'
import type { JsonObject } from '../shared/json.ts'
import path from 'node:path'
import { signMethods } from '../shared/contract/ota-package.ts'
import { limits } from '../shared/limits.ts'
import { command } from './command.ts'
import { openFile, partsOf } from './open-file.ts'
import { anyText, flag, jsonOption, oneOf, optional, required, withDefault } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const packageWord = { name: 'PACKAGE_ID', about: 'The update package, as ota package list shows it.' }

/** `thingbench ota package create FILE… --product PK --version V`. */
export const otaPackageCreate = command({
  path: ['ota', 'package', 'create'],
  about: 'Make an update package of files.',
  positionals: [{ name: 'FILE', about: 'The image, or up to 20 files.', repeated: true }],
  options: {
    product: required(anyText, { about: 'The product whose devices are to be updated.', placeholder: 'PRODUCT_KEY' }),
    version: required(anyText, { about: 'The version that devices have after the update.', placeholder: 'VERSION' }),
    from: optional(anyText, { about: 'Makes a differential package, which leads from this version to the other.', placeholder: 'VERSION' }),
    module: optional(anyText, { about: 'The module; without it, the firmware.', placeholder: 'NAME' }),
    name: optional(anyText, { about: 'What the package is called; without it, made from module and version.', placeholder: 'NAME' }),
    sign: withDefault(oneOf(...signMethods), 'MD5', { about: 'How devices check the files: MD5 or SHA256.', placeholder: 'METHOD' }),
    verify: flag('Ask for a verification on chosen devices before the first batch.'),
    description: optional(anyText, { about: 'What is new in it.', placeholder: 'TEXT' }),
    udi: optional(anyText, { about: 'Custom information that devices get with the update.', placeholder: 'TEXT' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench ota package create build/app.bin --product a1Thermostat --version 1.4.0'],
  async run({ product, version, from, module, name, sign, verify, description, udi, workspace, json }, files, output) {
    const made = await withWorkspace({ workspace }, async (client) => {
      const uploadIds: string[] = []
      try {
        for (const file of files)
          uploadIds.push(await upload(client, file))
        return await client.call('otaPackage.create', {
          productKey: product,
          version,
          name: name ?? defaultName(module, version),
          kind: from === undefined ? 'full' : 'diff',
          signMethod: sign,
          verify,
          uploadIds,
          ...from === undefined ? {} : { sourceVersion: from },
          ...module === undefined ? {} : { module },
          ...description === undefined ? {} : { description },
          ...udi === undefined ? {} : { udi },
        })
      }
      catch (error) {
        for (const uploadId of uploadIds)
          await client.call('otaUpload.drop', { uploadId }).catch(() => {})
        throw error
      }
    })
    if (json)
      output.json(plain(made))
    else
      describe(made).forEach(line => output.line(line))
    return 0
  },
})

/** `thingbench ota package list`. */
export const otaPackageList = command({
  path: ['ota', 'package', 'list'],
  about: 'List the update packages, newest first.',
  positionals: [],
  options: {
    product: optional(anyText, { about: 'Only those of this product.', placeholder: 'PRODUCT_KEY' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench ota package list', 'thingbench ota package list --product a1Thermostat --json'],
  async run({ product, workspace, json }, _positionals, output) {
    await withWorkspace({ workspace }, async (client) => {
      for (let offset = 0; ;) {
        const { packages, total } = await client.call('otaPackage.list', { offset, ...product === undefined ? {} : { productKey: product } })
        for (const one of packages) {
          if (json)
            output.json(plain(one))
          else
            output.line(describe(one)[0]!)
        }
        offset += packages.length
        if (packages.length === 0 || offset >= total || !output.wanted())
          break
      }
    })
    return 0
  },
})

/** `thingbench ota package show ID`. */
export const otaPackageShow = command({
  path: ['ota', 'package', 'show'],
  about: 'Show an update package with its files and their digests.',
  positionals: [packageWord],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota package show 7wQ2mV9sT4kLx8Rb1NcZ5a'],
  async run({ workspace, json }, [packageId = ''], output) {
    const found = await withWorkspace({ workspace }, client => client.call('otaPackage.get', { packageId }))
    if (json)
      output.json({ ...plain(found), digestSigns: found.digestSigns })
    else
      describe(found).forEach(line => output.line(line))
    return 0
  },
})

/** `thingbench ota package delete ID`. */
export const otaPackageDelete = command({
  path: ['ota', 'package', 'delete'],
  about: 'Delete an update package with its files.',
  positionals: [packageWord],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota package delete 7wQ2mV9sT4kLx8Rb1NcZ5a'],
  async run({ workspace, json }, [packageId = ''], output) {
    await withWorkspace({ workspace }, client => client.call('otaPackage.delete', { packageId }))
    if (json)
      output.json({ packageId, deleted: true })
    else
      output.line(`Deleted the update package ${packageId}.`)
    return 0
  },
})

function plain({ files, ...rest }: OtaPackage): JsonObject {
  return { ...rest, files: files.map(file => ({ ...file })) }
}

function defaultName(module: string | undefined, version: string): string {
  // A name has no dots and no more than 40 characters.
  return `${module ?? 'firmware'}-${version}`.replaceAll('.', '_').slice(0, 40)
}

function describe({ packageId, name, kind, version, sourceVersion, productKey, module, state, files, udi, description }: OtaPackage): string[] {
  const states = { none: 'no verification required', unverified: 'unverified', verifying: 'verifying', verified: 'verified', failed: 'unverified, the last verification failed' }
  return [
    `${packageId}  ${name}: ${module} ${kind === 'diff' ? `${sourceVersion} to ${version}` : version} of ${productKey}, ${states[state]}`,
    ...description === '' ? [] : [`  ${description}`],
    ...files.map(file => `  ${file.name}  ${file.size} bytes  md5 ${file.md5}  sha256 ${file.sha256}`),
    ...udi === '' ? [] : [`  for devices: ${udi}`],
  ]
}

/** Streams a file to the engine and returns the id of the upload. */
async function upload(client: ApiClient, file: string): Promise<string> {
  await using handle = await openFile(file)
  const { uploadId } = await client.call('otaUpload.begin', { name: path.basename(file) })
  let offset = 0
  for await (const bytes of partsOf(handle, limits.packagePartBytesMax))
    offset = (await client.call('otaUpload.part', { uploadId, offset, bytes })).received
  return uploadId
}
