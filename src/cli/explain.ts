import { codeGroups } from '../shared/alink/log-codes.ts'
import { findCodes, lookUpCode } from '../shared/thing-model/find-codes.ts'
import { command, UsageError } from './command.ts'
import { jsonOption, oneOf, optional, withDefault } from './option.ts'

/** `thingbench explain`: what a code of the platform means, also one from a log of the real cloud. */
export const explain = command({
  path: ['explain'],
  about: 'Explain a code of the platform\'s log, also one of the real cloud: what it means, its likely cause and what to check.',
  positionals: [{ name: 'CODE', about: 'The code, or words to look for.', repeated: true }],
  options: {
    group: optional(oneOf(...codeGroups), { about: 'The kind of record it stands in; a code can mean something else in another one.', placeholder: 'GROUP' }),
    language: withDefault(oneOf('en', 'zh'), 'en', { about: 'The language.', placeholder: 'LANGUAGE' }),
    json: jsonOption,
  },
  examples: ['thingbench explain 6306', 'thingbench explain 6207 --group REP', 'thingbench explain signature'],
  async run({ group, language, json }, words, output) {
    const query = words.join(' ')
    const found = /^\d+$/.test(query) && group !== undefined
      ? [lookUpCode(Number(query), group, language)].filter(help => help.group === group)
      : findCodes(query, language).filter(help => (group === undefined || help.group === group) && (!/^\d+$/.test(query) || String(help.code) === query))
    if (found.length === 0)
      throw new UsageError(`No code is known by ${JSON.stringify(query)}${group === undefined ? '' : ` in ${group}`}.`)
    for (const { code, group: stands, groupName, title, trigger, likelyCause, whatToCheck, section, isSystem } of found) {
      if (json) {
        output.json({ code, group: stands, title, trigger, likelyCause, whatToCheck, section, isSystem })
        continue
      }
      output.line(`${code}${stands === null ? '' : `  ${stands} (${groupName})`}  ${title}`)
      output.line(`  Likely cause:  ${likelyCause}`)
      output.line(`  What to check: ${whatToCheck}`)
      if (trigger !== null)
        output.line(`  Arises from:   ${trigger}`)
      output.line(`  In the cloud's documentation: ${section}`)
    }
    return 0
  },
})
