import type { FilterRule } from '../../../shared/filter/language.ts'

export interface FilterOption { value: string, label: string }

/** One thing a list can be filtered by, with the words of the page. Values are texts; whoever owns the list turns them into its query. */
export interface FilterField extends FilterRule {
  label: string
  /** The only values it takes, with their names; none when it takes any text. */
  options?: readonly FilterOption[]
  /** Values worth offering for what has been typed of one; anything else is taken too. */
  suggest?: (part: string) => readonly FilterOption[] | Promise<readonly FilterOption[]>
  /** A value as its chip shows it; the value itself where this says nothing. */
  shown?: (value: string) => string | undefined
}
