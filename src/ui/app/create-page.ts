import type { App as VueApp } from 'vue'
import type { EngineConnection } from '../client/engine-connection.ts'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { codeMarkKey } from '../kit/code-mark.ts'
import CodeMark from '../parts/explain/CodeMark.vue'
import { createSession, sessionKey } from '../session/connection.ts'
import { sayFailures } from '../session/page-language.ts'
import App from './App.vue'
import { createWords } from './i18n.ts'
import { createPageRouter } from './router.ts'
import './base.css'

/** The whole page on an engine connection, ready to be mounted. */
export function createPage(connection: Pick<EngineConnection, 'api' | 'status'>): VueApp {
  const words = createWords('en')
  return createApp(App)
    .provide(sessionKey, createSession({ api: sayFailures(connection.api, () => words.global.locale.value === 'zh' ? 'zh' : 'en'), status: connection.status }))
    .provide(codeMarkKey, CodeMark)
    .use(createPinia())
    .use(words)
    .use(createPageRouter())
}
