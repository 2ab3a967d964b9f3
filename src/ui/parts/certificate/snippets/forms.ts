import type { SnippetInput } from './snippet.ts'
import { mosquittoSnippet, mqttxSnippet } from './commands.ts'
import { espIdfSnippet } from './esp-idf.ts'
import { linkSdk3Snippet, linkSdk4Snippet } from './link-sdk.ts'
import { jsonSnippet, nodeSnippet, pythonSnippet } from './programs.ts'

/** Every form in which a device's login can be copied, in the order in which the page offers them. */
export const snippetForms = {
  linkSdk4: { write: linkSdk4Snippet, file: 'bench.c' },
  linkSdk3: { write: linkSdk3Snippet, file: 'bench.c' },
  espIdf: { write: espIdfSnippet, file: 'bench.c' },
  python: { write: pythonSnippet, file: 'bench.py' },
  node: { write: nodeSnippet, file: 'device.js' },
  mqttx: { write: mqttxSnippet, file: 'mqttx.sh' },
  mosquitto: { write: mosquittoSnippet, file: 'mosquitto.sh' },
  json: { write: jsonSnippet, file: 'device.json' },
} as const satisfies Record<string, { write: (input: SnippetInput) => string, file: string }>

export type SnippetForm = keyof typeof snippetForms
export const snippetFormNames = Object.keys(snippetForms) as SnippetForm[]
