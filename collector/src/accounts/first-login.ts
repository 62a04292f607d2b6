import type { Clock, Logger } from '@tillwatch/shared'
import type { Language } from '@tillwatch/shared/words'
import type { AccountStore } from './account-store.ts'
import type { Accounts } from './accounts.ts'

export interface FirstLoginOptions {
  readonly accounts: Pick<Accounts, 'firstLoginLink'>
  readonly accountStore: Pick<AccountStore, 'hasAdministrator'>
  readonly clock: Clock
  readonly log: Logger
  /** True when standard output may hold the link: it is a terminal, or somebody asked for it. A journal would keep it. */
  readonly printLogin: boolean
  /** Writes to standard output, never to a log. */
  readonly print: (line: string) => void
  readonly language: Language
}

const LINK_WORDS: Readonly<Record<Language, string>> = {
  ru: 'Первый вход (один раз, в течение часа)',
  en: 'First login (good once, for an hour)',
}

/** Shows the first administrator the way in where a person sees it; elsewhere tells how to get it. Silent when there is an administrator. */
export async function showFirstLogin(options: FirstLoginOptions): Promise<void> {
  const { accounts, accountStore, clock, log, printLogin, print, language } = options
  if (await accountStore.hasAdministrator()) return
  if (!printLogin) {
    log.info({}, 'nobody can sign in yet: run "tillwatch login-link" on this machine for the first login')
    return
  }
  const link = await accounts.firstLoginLink(clock.now())
  if (link !== null) print(`${LINK_WORDS[language]}: ${link}`)
}
