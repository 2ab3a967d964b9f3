export type Language = 'en' | 'zh'

/** What a code means to the person who sees it. */
export interface Explanation { title: string, likelyCause: string, whatToCheck: string }
