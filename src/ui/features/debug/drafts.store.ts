import type { Draft, Drafts } from '../../parts/value-form/value-draft.ts'
import { useLocalStorage } from '@vueuse/core'
import { defineStore } from 'pinia'

interface ProductDrafts { properties: Drafts, inputs: Record<string, Drafts>, message: { topic: string, text: string, qos1: boolean } }

const fresh = (): ProductDrafts => ({ properties: {}, inputs: {}, message: { topic: 'user/get', text: '', qos1: false } })

/** What is typed for the devices of each product; it outlives the page. */
export const useDebugDrafts = defineStore('debug-drafts', () => {
  const all = useLocalStorage<Record<string, ProductDrafts>>('thingbench.debug.drafts', {})

  function of(productKey: string): ProductDrafts {
    return all.value[productKey] ??= fresh()
  }
  /** Null takes a draft away. */
  function setProperty(productKey: string, key: string, draft: Draft): void {
    const { properties } = of(productKey)
    if (draft === null)
      delete properties[key]
    else
      properties[key] = draft
  }
  return { of, setProperty }
})
