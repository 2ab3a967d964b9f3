/** Names of the messages between main and the preload. */
export const channels = {
  /** Page → main: give me a port to the engine, now or as soon as there is one. */
  connect: 'engine:connect',
  /** Main → page, with one port. */
  port: 'engine:port',
  /** Main → page: the engine process has ended. */
  lost: 'engine:lost',
  /** Main → page: carry out this command of the menu. */
  command: 'menu:command',
  /** Page → main: `en` or `zh`. */
  locale: 'shell:locale',
} as const
