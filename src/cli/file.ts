import type { FileHandle } from 'node:fs/promises'
import type { ApiClient } from '../shared/contract/contract.ts'
import type { DeviceFile } from '../shared/contract/file.ts'
import { open, rm } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { AppError } from '../shared/errors.ts'
import { command } from './command.ts'
import { anyText, jsonOption, optional } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const identity = [
  { name: 'PRODUCT_KEY', about: 'The product of the device.' },
  { name: 'DEVICE_NAME', about: 'The device, as device list shows it.' },
]
const fileName = { name: 'FILE', about: 'The file, as file list shows it.' }

interface Identity { productKey: string, deviceName: string }

/** `thingbench file list PK NAME`: the files that a device has uploaded. */
export const fileList = command({
  path: ['file', 'list'],
  about: 'List the files that a device has uploaded, newest first.',
  positionals: identity,
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench file list a1Thermostat kitchen', 'thingbench file list a1Thermostat kitchen --json'],
  async run({ workspace, json }, [productKey = '', deviceName = ''], output) {
    await withWorkspace({ workspace }, async (client) => {
      for await (const { name, size, crc64, uploadedAt, extra } of allFiles(client, { productKey, deviceName })) {
        if (!output.wanted())
          break
        if (json)
          output.json({ name, size, crc64, uploadedAt, extra })
        else
          output.line(`${name}  ${size} bytes  crc64 ${crc64}  ${new Date(uploadedAt).toISOString()}`)
      }
    })
    return 0
  },
})

/** `thingbench file save PK NAME FILE`: copies a file to this machine. */
export const fileSave = command({
  path: ['file', 'save'],
  about: 'Save a file that a device has uploaded; one that is there already is not overwritten.',
  positionals: [...identity, fileName],
  options: {
    to: optional(anyText, { about: 'Where to save it; without it, under its own name in this folder.', placeholder: 'PATH' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench file save a1Thermostat kitchen trace_1.log --to /tmp/trace.log'],
  async run({ to, workspace, json }, [productKey = '', deviceName = '', name = ''], output) {
    const target = path.resolve(process.cwd(), to ?? name)
    const { size } = await withWorkspace({ workspace }, async (client) => {
      const file = await findFile(client, { productKey, deviceName }, name)
      await saveContent(client, { productKey, deviceName }, file, target)
      return file
    })
    if (json)
      output.json({ name, size, path: target })
    else
      output.line(`Saved ${name}, ${size} bytes, as ${target}.`)
    return 0
  },
})

/** `thingbench file delete PK NAME FILE`. */
export const fileDelete = command({
  path: ['file', 'delete'],
  about: 'Delete a file that a device has uploaded.',
  positionals: [...identity, fileName],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench file delete a1Thermostat kitchen trace_1.log'],
  async run({ workspace, json }, [productKey = '', deviceName = '', name = ''], output) {
    await withWorkspace({ workspace }, async (client) => {
      const { fileId } = await findFile(client, { productKey, deviceName }, name)
      await client.call('file.delete', { productKey, deviceName, fileIds: [fileId] })
    })
    if (json)
      output.json({ name, deleted: true })
    else
      output.line(`Deleted ${name} of ${deviceName}.`)
    return 0
  },
})

const pageSize = 1_000

async function* allFiles(client: ApiClient, identity: Identity): AsyncGenerator<DeviceFile> {
  for (let offset = 0; ;) {
    const { files, total } = await client.call('file.list', { ...identity, offset, limit: pageSize })
    yield* files
    offset += files.length
    if (offset >= total || files.length === 0)
      return
  }
}

async function findFile(client: ApiClient, identity: Identity, name: string): Promise<DeviceFile> {
  for await (const file of allFiles(client, identity)) {
    if (file.name === name)
      return file
  }
  throw new AppError('file/not-found', `${identity.deviceName} has uploaded no file named ${name}; file list shows what there is.`, { ...identity, name })
}

async function saveContent(client: ApiClient, identity: Identity, source: DeviceFile, target: string): Promise<void> {
  await using file = await openNew(target)
  try {
    await copyContent(client, identity, source, file)
  }
  catch (error) {
    // A part of a file would look like the whole.
    await rm(target, { force: true })
    throw error
  }
}

async function copyContent(client: ApiClient, identity: Identity, { fileId, size }: DeviceFile, file: FileHandle): Promise<void> {
  for (let offset = 0; offset < size;) {
    const { bytes } = await client.call('file.get', { ...identity, fileId, offset })
    if (bytes.length === 0)
      throw new AppError('file/not-found', `The content of the file ends at ${offset} of ${size} bytes.`, { ...identity, fileId })
    await file.writeFile(bytes)
    offset += bytes.length
  }
}

async function openNew(target: string): Promise<FileHandle> {
  try {
    return await open(target, 'wx')
  }
  catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'it exists already; --to names another place' : message
    throw new AppError('file/unwritable', `${target} cannot be written: ${why}.`, { path: target })
  }
}
