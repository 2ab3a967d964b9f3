import type { ComputedRef, ShallowRef } from 'vue'
import type { DeviceSummary } from '../../shared/contract/device.ts'
import type { Fleet } from '../../shared/contract/fleet.ts'
import type { ProductSummary } from '../../shared/contract/product.ts'
import type { CodeHelp } from '../../shared/thing-model/find-codes.ts'
import { useMessage } from 'naive-ui'
import { computed, shallowRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { toErrorValue } from '../../shared/errors.ts'
import { findCodes } from '../../shared/thing-model/find-codes.ts'
import { useFormat } from '../kit/use-format.ts'
import { useText } from '../kit/use-text.ts'
import { useApi } from '../session/connection.ts'
import { usePageCommandStore } from '../session/page-commands.store.ts'
import { usePreferences } from '../session/preferences.store.ts'
import { navItems } from './nav-items.ts'
import { focusFilter } from './use-shortcuts.ts'

export interface Command {
  id: string
  title: string
  /** Keys that do the same, as they are written on the keyboard. */
  keys?: string[]
  run: () => void | Promise<unknown>
}

/** A code can stand in several groups; more would push everything else off the palette. */
const codesMax = 5

export interface Found { fleets: Fleet[], products: ProductSummary[], devices: DeviceSummary[] }

/** Everything the palette offers: what the page can do, what there is to do with its device, fixed commands, and the fleets, products and devices of the workspace. */
export function useCommands(openKeys: () => void): { commands: ComputedRef<Command[]>, found: ShallowRef<Found>, look: (text: string, signal: AbortSignal) => Promise<void> } {
  const { t } = useText()
  const api = useApi()
  const router = useRouter()
  const message = useMessage()
  const preferences = usePreferences()
  const page = usePageCommandStore()
  const route = useRoute()
  const format = useFormat()
  const codes = shallowRef<CodeHelp[]>([])
  const found = shallowRef<Found>({ fleets: [], products: [], devices: [] })

  async function look(text: string, signal: AbortSignal): Promise<void> {
    codes.value = /^\d{3,6}$/.test(text.trim()) ? findCodes(text.trim(), format.language()).slice(0, codesMax) : []
    const [fleets, products, devices] = await Promise.all([
      api.call('fleet.list', {}, { signal }),
      api.call('product.list', {}, { signal }),
      text.trim().length < 2 ? { devices: [] } : api.call('device.list', { search: text.trim().slice(0, 64), limit: 8 }, { signal }),
    ])
    found.value = { fleets, products, devices: devices.devices }
  }

  async function act(work: Promise<unknown>): Promise<void> {
    try {
      await work
    }
    catch (error) {
      message.error(toErrorValue(error).message)
    }
  }

  /** Where else the device goes that the page is about. */
  const ofDevice = computed<Command[]>(() => {
    const { productKey, deviceName } = route.params
    if (typeof productKey !== 'string' || typeof deviceName !== 'string')
      return []
    const query = { product: productKey, device: deviceName }
    return [
      ...(['device', 'debug', 'simulate'] as const).filter(name => name !== route.name).map(name => ({ id: `this.${name}`, title: t(`app.palette.this.${name}`, { name: deviceName }), run: () => router.push({ name, params: { productKey, deviceName } }) })),
      ...(['trace', 'log', 'deviceLog', 'replay'] as const).map(name => ({ id: `this.${name}`, title: t(`app.palette.this.${name}`, { name: deviceName }), run: () => router.push({ name, query }) })),
    ]
  })

  const commands = computed<Command[]>(() => [
    ...page.commands.map(({ id, title, key, run }) => ({ id: `here.${id}`, title, ...(key !== undefined && { keys: [key] }), run })),
    ...ofDevice.value,
    ...navItems.map(item => ({ id: `go.${item.name}`, title: t('app.palette.goTo', { page: t(`app.nav.${item.name}`) }), keys: ['g', item.key], run: () => router.push({ name: item.name }) })),
    ...(['simulate', 'log', 'deviceLog', 'codes', 'replay'] as const).map(name => ({ id: `go.${name}`, title: t(`app.palette.page.${name}`), run: () => router.push({ name }) })),
    { id: 'go.firmware', title: t('app.palette.firmware'), run: () => router.push({ name: 'firmware' }) },
    { id: 'go.runs', title: t('runs.palette'), run: () => router.push({ name: 'runs' }) },
    { id: 'go.faults', title: t('app.palette.faults'), run: () => router.push({ name: 'faults' }) },
    { id: 'go.batches', title: t('app.palette.batches'), run: () => router.push({ name: 'ota', params: { tab: 'batches' } }) },
    { id: 'go.apiActions', title: t('app.palette.apiActions'), run: () => router.push({ name: 'api-actions' }) },
    { id: 'go.apiKeys', title: t('app.palette.apiKeys'), run: () => router.push({ name: 'api-keys' }) },
    { id: 'page.filter', title: t('app.palette.filter'), keys: ['/'], run: focusFilter },
    { id: 'page.keys', title: t('app.palette.shortcuts'), keys: ['?'], run: openKeys },
    { id: 'page.rail', title: t('app.palette.rail'), run: () => void (preferences.railWide = !preferences.railWide) },
    ...(['system', 'light', 'dark'] as const).map(choice => ({ id: `theme.${choice}`, title: t('app.palette.theme', { choice: t(`app.top.themeChoice.${choice}`) }), run: () => void (preferences.themeChoice = choice) })),
    ...(['system', 'en', 'zh'] as const).map(choice => ({ id: `language.${choice}`, title: t('app.palette.language', { choice: t(`app.top.languageChoice.${choice}`) }), run: () => void (preferences.languageChoice = choice) })),
    ...found.value.fleets.flatMap(({ fleetId, name, state }) => [
      { id: `fleet.open.${fleetId}`, title: t('app.palette.openFleet', { name }), run: () => router.push({ name: 'fleets', params: { fleetId } }) },
      state === 'stopped' || state === 'failed'
        ? { id: `fleet.start.${fleetId}`, title: t('app.palette.startFleet', { name }), run: () => act(api.call('fleet.start', { fleetId })) }
        : { id: `fleet.stop.${fleetId}`, title: t('app.palette.stopFleet', { name }), run: () => act(api.call('fleet.stop', { fleetId })) },
    ]),
    ...found.value.products.map(({ productKey, name }) => ({ id: `product.${productKey}`, title: t('app.palette.openProduct', { name: `${name} ${productKey}` }), run: () => router.push({ name: 'product', params: { productKey } }) })),
    ...codes.value.map(({ code, group, title }) => ({ id: `code.${group}.${code}`, title: t('app.palette.code', { code, title }), run: () => router.push({ name: 'codes', params: { code: String(code), group: group ?? '' } }) })),
    ...found.value.devices.map(({ productKey, deviceName }) => ({ id: `device.${productKey}.${deviceName}`, title: t('app.palette.openDevice', { name: deviceName }), run: () => router.push({ name: 'device', params: { productKey, deviceName } }) })),
  ])
  return { commands, found, look }
}
