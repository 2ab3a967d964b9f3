import type { Action } from './action.ts'
import { otaPackageActions } from './actions/ota-packages.ts'
import { productActions } from './actions/products.ts'
import { cloudActions } from './cloud-actions.ts'

/** Every action of the cloud's API that is served, declared once: routing, checks, the page's form and the fidelity sheet derive from it. */
export const actions: readonly Action[] = [...productActions, ...otaPackageActions]

/** The cloud's actions that are refused as not implemented. */
export const absentActions: readonly string[] = [...cloudActions].filter(name => !actions.some(action => action.name === name))
