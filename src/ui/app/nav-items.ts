import type { Component } from 'vue'
import IconApi from '~icons/tabler/api'
import IconProducts from '~icons/tabler/box'
import IconDebug from '~icons/tabler/bug'
import IconDevices from '~icons/tabler/devices'
import IconFleet from '~icons/tabler/grid-dots'
import IconHome from '~icons/tabler/home'
import IconTrace from '~icons/tabler/list-details'
import IconScenarios from '~icons/tabler/movie'
import IconOta from '~icons/tabler/package'
import IconSettings from '~icons/tabler/settings'

export type NavName = 'home' | 'fleets' | 'scenarios' | 'products' | 'devices' | 'debug' | 'ota' | 'trace' | 'api' | 'settings'
export interface NavItem { name: NavName, icon: Component, key: string }

/** The rail, in order; `key` follows `g`. A page that does not exist yet is not here. */
export const navItems: NavItem[] = [
  { name: 'home', icon: IconHome, key: 'h' },
  { name: 'fleets', icon: IconFleet, key: 'f' },
  { name: 'scenarios', icon: IconScenarios, key: 'c' },
  { name: 'products', icon: IconProducts, key: 'p' },
  { name: 'devices', icon: IconDevices, key: 'd' },
  { name: 'debug', icon: IconDebug, key: 'b' },
  { name: 'ota', icon: IconOta, key: 'u' },
  { name: 'trace', icon: IconTrace, key: 't' },
  { name: 'api', icon: IconApi, key: 'a' },
  { name: 'settings', icon: IconSettings, key: 's' },
]
