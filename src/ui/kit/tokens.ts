export type ThemeName = 'light' | 'dark'

/**
 * The colours of both themes, said once: CSS reads them as custom properties, canvas widgets and naive-ui read them from
 * here. States keep apart for colour-blind eyes (after Okabe and Ito) and always come with a shape as well, see StateMark.
 */
export interface Tokens {
  bg: string
  surface: string
  surfaceRaised: string
  hover: string
  selected: string
  line: string
  lineStrong: string
  text: string
  textSoft: string
  textFaint: string
  accent: string
  accentSoft: string
  accentText: string
  online: string
  connecting: string
  offline: string
  idle: string
  disabled: string
  refused: string
  refusedSoft: string
  kicked: string
  failed: string
  failedSoft: string
  warning: string
  warningSoft: string
  up: string
  down: string
  flash: string
  focus: string
  scrim: string
}

export const tokens: Record<ThemeName, Tokens> = {
  light: {
    bg: '#f1f3f5',
    surface: '#ffffff',
    surfaceRaised: '#ffffff',
    hover: '#f0f4f8',
    selected: '#dcebfa',
    line: '#dde2e7',
    lineStrong: '#b9c2cb',
    text: '#182027',
    textSoft: '#4c5964',
    textFaint: '#5d6973',
    accent: '#0a62b9',
    accentSoft: '#e3effb',
    accentText: '#ffffff',
    online: '#007460',
    connecting: '#1f7fd1',
    offline: '#6f7b86',
    idle: '#a4aeb8',
    disabled: '#6f7b86',
    refused: '#b84100',
    refusedSoft: '#fdeee5',
    kicked: '#9a3f86',
    failed: '#a1122f',
    failedSoft: '#fbe6ea',
    warning: '#8a5a00',
    warningSoft: '#fcf1d9',
    up: '#0a62b9',
    down: '#6b46b8',
    flash: 'rgba(10, 98, 185, .22)',
    focus: '#0a62b9',
    scrim: 'rgba(24, 32, 39, .38)',
  },
  dark: {
    bg: '#0f1316',
    surface: '#161b1f',
    surfaceRaised: '#1d2429',
    hover: '#1e262c',
    selected: '#17344f',
    line: '#2a333a',
    lineStrong: '#45525d',
    text: '#e4e9ed',
    textSoft: '#aab5be',
    textFaint: '#949fa9',
    accent: '#57a8f5',
    accentSoft: '#15304a',
    accentText: '#08131d',
    online: '#2fc79d',
    connecting: '#6bb4f7',
    offline: '#87939d',
    idle: '#56626c',
    disabled: '#87939d',
    refused: '#ff8350',
    refusedSoft: '#3a2116',
    kicked: '#e08ccc',
    failed: '#ff6680',
    failedSoft: '#3b1820',
    warning: '#e8b04a',
    warningSoft: '#332812',
    up: '#57a8f5',
    down: '#b296f0',
    flash: 'rgba(87, 168, 245, .30)',
    focus: '#57a8f5',
    scrim: 'rgba(0, 0, 0, .55)',
  },
}

/** Puts the colours of a theme on the document as `--bg`, `--text-soft` … and tells the browser which scheme it is. */
export function applyTokens(theme: ThemeName, root: HTMLElement): void {
  for (const [name, value] of Object.entries(tokens[theme]))
    root.style.setProperty(`--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`, value)
  root.style.colorScheme = theme
  root.dataset.theme = theme
}
