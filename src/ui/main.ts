import { createPage } from './app/create-page.ts'
import { connectEngine } from './client/connect.ts'

// A page that stayed open while the product was replaced asks for code that is gone; loading it anew is the remedy.
window.addEventListener('vite:preloadError', (event) => {
  event.preventDefault()
  window.location.reload()
})

createPage(connectEngine()).mount('#page')
