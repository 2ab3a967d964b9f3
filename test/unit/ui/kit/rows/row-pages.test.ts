import { expect, it } from 'vitest'
import { RowPages, rowsPerPage } from '../../../../../src/ui/kit/rows/row-pages.ts'

const page = (name: string): string[] => Array.from({ length: rowsPerPage }, (_, index) => `${name}-${index}`)

it('knows which pages a stretch of rows still needs', () => {
  const pages = new RowPages<string>()
  expect(pages.missing(0, 40)).toEqual([0])
  pages.put(0, page('a'), 1_000)
  expect(pages.missing(0, 40)).toEqual([])
  expect(pages.missing(rowsPerPage - 10, rowsPerPage + 10)).toEqual([1])
  expect([pages.row(3), pages.row(rowsPerPage), pages.total]).toEqual(['a-3', undefined, 1_000])
})

it('lets go of the pages that were not looked at for longest', () => {
  const pages = new RowPages<string>()
  for (let at = 0; at < 60; at++)
    pages.put(at, page(String(at)), 100_000)
  pages.missing(0, 10)
  pages.put(60, page('60'), 100_000)
  expect([pages.row(0), pages.row(rowsPerPage), pages.row(60 * rowsPerPage)]).toEqual(['0-0', undefined, '60-0'])
})
