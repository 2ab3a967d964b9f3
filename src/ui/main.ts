import { createPage } from './app/create-page.ts'
import { reloadWhenCodeIsGone } from './app/reload-when-code-is-gone.ts'
import { connectEngine } from './client/connect.ts'
import { wallClock } from './kit/wall-clock.ts'

reloadWhenCodeIsGone(window, wallClock)
createPage(connectEngine()).mount('#page')
