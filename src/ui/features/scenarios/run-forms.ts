import type { ScenarioPlace } from '../../../shared/contract/scenario.ts'
import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'
import { shellWord } from '../../kit/shell-word.ts'

/** What the command line knows a scenario by: a file, or the name of a shipped one. */
export interface ScenarioWord { place: ScenarioPlace, name: string, path: string }

/** Running a scenario without the page: in real time, or in virtual time as fast as it goes. */
export function runForms({ place, name, path }: ScenarioWord, seed: number | null, isFast: boolean): CopyForms {
  return { cli: ['run', place === 'shipped' ? name : path, ...seed === null ? [] : ['--seed', String(seed)], ...isFast ? ['--speed', 'max'] : []] }
}

/** The command line for virtual time, as it is typed. */
export function commandOf(scenario: ScenarioWord, seed: number | null): string {
  return ['thingbench', ...runForms(scenario, seed, true).cli!.map(shellWord)].join(' ')
}
