import type { DeviceGroup } from '../shared/contract/group.ts'
import { command, UsageError } from './command.ts'
import { anyText, flag, jsonOption, optional } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const group = { name: 'GROUP', about: 'The group, by its name or id.' }
const deviceWords = { name: 'PRODUCT_KEY/DEVICE_NAME', about: 'A device, as device list shows it, with a slash between the two.', repeated: true } as const

/** `thingbench group list`. */
export const groupList = command({
  path: ['group', 'list'],
  about: 'List the device groups of a workspace.',
  positionals: [],
  options: {
    search: optional(anyText, { about: 'Only groups with this in their names.', placeholder: 'TEXT' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench group list'],
  async run({ search, workspace, json }, _positionals, output) {
    const { groups } = await withWorkspace({ workspace }, client => client.call('group.list', search === undefined ? {} : { search }))
    for (const one of groups) {
      if (json)
        output.json({ ...one })
      else
        output.line(describeGroup(one, groups))
    }
    return 0
  },
})

function describeGroup({ groupId, name, parentId, memberCount, query, description }: DeviceGroup, all: readonly DeviceGroup[]): string {
  const parent = all.find(other => other.groupId === parentId)
  return [
    `${groupId}  ${name}: ${query === null ? `${memberCount} devices` : `the devices with ${query}`}`,
    ...(parent ? [`in ${parent.name}`] : []),
    ...(description === '' ? [] : [`(${description})`]),
  ].join(' ')
}

/** `thingbench group create NAME`. */
export const groupCreate = command({
  path: ['group', 'create'],
  about: 'Make a group of devices; with --query its devices are those that the query finds.',
  positionals: [{ name: 'NAME', about: '4 to 30 letters, digits, underscores or Chinese characters (these count twice).' }],
  options: {
    parent: optional(anyText, { about: 'Make it a sub-group of this group.', placeholder: 'GROUP' }),
    query: optional(anyText, { about: 'Which devices are in it.', placeholder: 'QUERY' }),
    about: optional(anyText, { about: 'What the group is for.', placeholder: 'TEXT' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: [
    'thingbench group create Floor3 --parent House',
    'thingbench group create Upstairs --query \'tag.floor="3"\'',
  ],
  async run({ parent, query, about, workspace, json }, [name = ''], output) {
    const made = await withWorkspace({ workspace, mayCreate: true }, client => client.call('group.create', {
      name,
      ...(parent !== undefined && { parent }),
      ...(query !== undefined && { query }),
      ...(about !== undefined && { description: about }),
    }))
    if (json)
      output.json({ ...made })
    else
      output.line(`Made the group ${name} with id ${made.groupId}.`)
    return 0
  },
})

/** `thingbench group update GROUP`. */
export const groupUpdate = command({
  path: ['group', 'update'],
  about: 'Change the name or the description of a group, or the query of one that has a query.',
  positionals: [group],
  options: {
    name: optional(anyText, { about: 'Its new name.', placeholder: 'NAME' }),
    query: optional(anyText, { about: 'Which devices are in it from now on.', placeholder: 'QUERY' }),
    about: optional(anyText, { about: 'What the group is for.', placeholder: 'TEXT' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench group update Upstairs --query \'tag.floor="4"\''],
  async run({ name, query, about, workspace, json }, [named = ''], output) {
    if (name === undefined && query === undefined && about === undefined)
      throw new UsageError('Nothing is to be changed: expected --name, --query or --about.')
    const changed = await withWorkspace({ workspace }, client => client.call('group.update', {
      group: named,
      ...(name !== undefined && { name }),
      ...(query !== undefined && { query }),
      ...(about !== undefined && { description: about }),
    }))
    if (json)
      output.json({ ...changed })
    else
      output.line(`Changed the group ${changed.name}.`)
    return 0
  },
})

/** `thingbench group delete GROUP`. */
export const groupDelete = command({
  path: ['group', 'delete'],
  about: 'Delete a device group; its devices stay.',
  positionals: [group],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench group delete Floor3'],
  async run({ workspace, json }, [named = ''], output) {
    await withWorkspace({ workspace }, client => client.call('group.delete', { group: named }))
    if (json)
      output.json({ group: named, deleted: true })
    else
      output.line(`Deleted the group ${named}.`)
    return 0
  },
})

function readDevices(words: readonly string[]): { productKey: string, deviceName: string }[] {
  return words.map((word) => {
    const [productKey, deviceName, ...rest] = word.split('/')
    if (!productKey || !deviceName || rest.length > 0)
      throw new UsageError(`Expected a device as PRODUCT_KEY/DEVICE_NAME, got "${word}".`)
    return { productKey, deviceName }
  })
}

/** `thingbench group add GROUP PK/NAME…`. */
export const groupAdd = command({
  path: ['group', 'add'],
  about: 'Put devices into a group: those named, or all that a query finds.',
  positionals: [group, { ...deviceWords, optional: true }],
  options: {
    query: optional(anyText, { about: 'Put in all devices that this finds now.', placeholder: 'QUERY' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: [
    'thingbench group add Floor3 a1Thermostat/kitchen a1Thermostat/bath',
    'thingbench group add Floor3 --query \'name like "floor3-%"\'',
  ],
  async run({ query, workspace, json }, [named = '', ...words], output) {
    const devices = readDevices(words)
    if ((query === undefined) === (devices.length === 0))
      throw new UsageError('thingbench group add needs either devices or --query.')
    const added = await withWorkspace({ workspace }, client => client.call('group.addDevices', { group: named, ...(query === undefined ? { devices } : { query }) }))
    if (json)
      output.json({ ...added, unknown: added.unknown.map(({ productKey, deviceName }) => `${productKey}/${deviceName}`) })
    else
      output.line(`Put ${added.added} devices into ${named}; ${added.already} were in it already${added.inTooMany === 0 ? '' : `, ${added.inTooMany} are in too many groups`}.`)
    if (added.unknown.length > 0)
      output.note(`There is no device ${added.unknown.map(({ productKey, deviceName }) => `${productKey}/${deviceName}`).join(', ')}.`)
    return added.unknown.length === 0 ? 0 : 1
  },
})

/** `thingbench group remove GROUP PK/NAME…`. */
export const groupRemove = command({
  path: ['group', 'remove'],
  about: 'Take devices out of a group.',
  positionals: [group, deviceWords],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench group remove Floor3 a1Thermostat/bath'],
  async run({ workspace, json }, [named = '', ...words], output) {
    const { removed } = await withWorkspace({ workspace }, client => client.call('group.removeDevices', { group: named, devices: readDevices(words) }))
    if (json)
      output.json({ removed })
    else
      output.line(`Took ${removed} devices out of ${named}.`)
    return 0
  },
})

const pageSize = 10_000

/** `thingbench group devices GROUP`. */
export const groupDevices = command({
  path: ['group', 'devices'],
  about: 'List the devices of a group with their state.',
  positionals: [group],
  options: {
    'sub-groups': flag('Also those of its sub-groups.'),
    'workspace': workspaceOption,
    'json': jsonOption,
  },
  examples: ['thingbench group devices House --sub-groups'],
  async run({ 'sub-groups': subGroups, workspace, json }, [named = ''], output) {
    await withWorkspace({ workspace }, async (client) => {
      for (let offset = 0; output.wanted(); offset += pageSize) {
        const { devices, total } = await client.call('group.devices', { group: named, subGroups, offset, limit: pageSize })
        for (const device of devices) {
          if (json)
            output.json({ ...device })
          else
            output.line(`${device.productKey}  ${device.deviceName}  ${device.state}`)
        }
        if (offset + devices.length >= total || devices.length === 0)
          break
      }
    })
    return 0
  },
})
