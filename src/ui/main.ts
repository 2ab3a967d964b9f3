import { createPage } from './app/create-page.ts'
import { connectEngine } from './client/connect.ts'

createPage(connectEngine()).mount('#page')
