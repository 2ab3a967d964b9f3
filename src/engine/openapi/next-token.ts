import { rangeOf } from './answers.ts'
import { ApiFailure } from './failure.ts'

/** Where a page begins: where the token of the answer before says, or else where its number says. Throws ApiFailure iot.common.InvalidPageParams. */
export function startOf(page: { CurrentPage: number, PageSize: number }, token: string | undefined): { offset: number, limit: number } {
  if (token === undefined)
    return rangeOf(page)
  const written = Buffer.from(token, 'base64url').toString('latin1')
  if (!/^from \d{1,9}$/.test(written))
    throw new ApiFailure('iot.common.InvalidPageParams', 'The parameter NextToken is not valid: expected one that an answer had.')
  return { offset: Number(written.slice('from '.length)), limit: page.PageSize }
}

/** The token with which a list goes on after a page; undefined at its end. */
export function tokenAfter({ offset, limit }: { offset: number, limit: number }, total: number): string | undefined {
  return offset + limit < total ? Buffer.from(`from ${offset + limit}`, 'latin1').toString('base64url') : undefined
}
