/** What stands in braces in the templates of a fleet that reports to a broker of somebody else; `{value.Temperature}` beside them. */
const templateWords = ['productKey', 'deviceName', 'index', 'id', 'time', 'timeSec', 'params'] as const
type TemplateWord = (typeof templateWords)[number]

/** What can be filled in: who the device is, and of a report its id, its time and its values as JSON. */
export type TemplateValues = Partial<Record<TemplateWord, string>> & { value?: (identifier: string) => string }

const placeholder = /\{([a-z][\w.:-]*)\}/gi
const valuePrefix = 'value.'

/** Fills in a template. Braces around anything else stay as they are, so that JSON can be written plainly. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template.replace(placeholder, (whole, word: string) => word.startsWith(valuePrefix)
    ? values.value?.(word.slice(valuePrefix.length)) ?? whole
    : values[word as TemplateWord] ?? whole)
}

/** The words in braces that mean nothing; `ofReport`: those of a report's content are known, too. */
export function unknownWords(template: string, ofReport: boolean): string[] {
  const known: readonly string[] = ofReport ? templateWords : ['productKey', 'deviceName', 'index']
  return [...template.matchAll(placeholder)].flatMap(([whole, word = '']) => known.includes(word) || (ofReport && word.startsWith(valuePrefix)) ? [] : [whole])
}
