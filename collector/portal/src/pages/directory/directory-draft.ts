import {
  type BilingualText,
  code,
  type Directory,
  type ImportReport,
  inn,
  isSoundInn,
  SITE_CLASSES,
} from '@tillwatch/shared/api'

/** What the one form of the directory holds; empty texts mean "not said". A part that is not wanted is left out of the file. */
export interface DirectoryDraft {
  readonly client: { readonly code: string; readonly name: string }
  readonly withLegal: boolean
  readonly legal: { readonly name: string; readonly inn: string; readonly kpp: string }
  readonly site: {
    readonly code: string
    readonly name: string
    readonly address: string
    readonly timezone: string
    readonly hours: string
    readonly class: string
    readonly contact: string
    readonly access: string
    readonly region: string
    readonly city: string
    readonly provider: string
  }
  readonly withTerminal: boolean
  readonly terminal: { readonly code: string; readonly name: string; readonly agent: string; readonly inn: string }
}

export type DraftField =
  | 'client.code'
  | 'client.name'
  | 'legal.name'
  | 'legal.inn'
  | 'legal.kpp'
  | 'site.code'
  | 'site.name'
  | 'site.address'
  | 'terminal.code'
  | 'terminal.name'
  | 'terminal.inn'
export type DraftProblem = 'required' | 'codeWrong' | 'innWrong' | 'innMistyped' | 'kppWrong'

const NO_SITE: DirectoryDraft['site'] = {
  code: '',
  name: '',
  address: '',
  timezone: 'Europe/Moscow',
  hours: '',
  class: '',
  contact: '',
  access: '',
  region: '',
  city: '',
  provider: '',
}
const NO_TERMINAL: DirectoryDraft['terminal'] = { code: '', name: '', agent: '', inn: '' }

/** An empty form, or one about the site and terminal that are named. */
export function draftOf(directory: Directory, siteCode: string | null, terminalCode: string | null): DirectoryDraft {
  const terminal = directory.terminals.find(each => each.code === terminalCode)
  const site = directory.sites.find(each => each.code === (terminal?.site ?? siteCode))
  const client = directory.clients.find(each => each.code === site?.client)
  return {
    client: client ? { code: client.code, name: client.name } : { code: '', name: '' },
    withLegal: false,
    legal: { name: '', inn: '', kpp: '' },
    site: site
      ? {
          code: site.code,
          name: site.name,
          address: site.address,
          timezone: site.timezone,
          hours: site.hours ?? '',
          class: site.class ?? '',
          contact: site.contact ?? '',
          access: site.access ?? '',
          region: site.region ?? '',
          city: site.city ?? '',
          provider: site.provider ?? '',
        }
      : NO_SITE,
    withTerminal: terminal !== undefined,
    terminal: terminal
      ? { code: terminal.code, name: terminal.name, agent: terminal.agent ?? '', inn: terminal.inn ?? '' }
      : NO_TERMINAL,
  }
}

/** Only what was said: an empty text stays out of the file, so that it is a gap and not an empty value. */
function said<T extends Record<string, string>>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== '')) as Partial<T>
}

/** The directory file that the form stands for. */
export function directoryOf(draft: DirectoryDraft): Directory {
  const { client, legal, site, terminal } = draft
  const siteClass = SITE_CLASSES.find(each => each === site.class)
  return {
    clients: [{ code: client.code, name: client.name }],
    legal_entities: draft.withLegal
      ? [{ client: client.code, name: legal.name, inn: legal.inn, ...said({ kpp: legal.kpp }) }]
      : [],
    sites: [
      {
        code: site.code,
        client: client.code,
        name: site.name,
        address: site.address,
        timezone: site.timezone,
        ...said({ hours: site.hours, contact: site.contact, access: site.access }),
        ...said({ region: site.region, city: site.city, provider: site.provider }),
        ...(siteClass ? { class: siteClass } : {}),
      },
    ],
    terminals: draft.withTerminal
      ? [
          {
            code: terminal.code,
            site: site.code,
            name: terminal.name,
            ...said({ agent: terminal.agent, inn: terminal.inn }),
          },
        ]
      : [],
    contracts: [],
    responsibles: [],
  }
}

/** What is wrong before the server is asked, by field. */
export function draftProblems(draft: DirectoryDraft): ReadonlyMap<DraftField, DraftProblem> {
  const found = new Map<DraftField, DraftProblem>()
  const need = (field: DraftField, value: string) => {
    if (value.trim() === '') found.set(field, 'required')
  }
  const needCode = (field: DraftField, value: string) => {
    if (value.trim() === '') found.set(field, 'required')
    else if (!code.safeParse(value).success) found.set(field, 'codeWrong')
  }
  const needInn = (field: DraftField, value: string) => {
    if (!inn.safeParse(value).success) found.set(field, 'innWrong')
    else if (!isSoundInn(value)) found.set(field, 'innMistyped')
  }
  needCode('client.code', draft.client.code)
  need('client.name', draft.client.name)
  needCode('site.code', draft.site.code)
  need('site.name', draft.site.name)
  need('site.address', draft.site.address)
  if (draft.withLegal) {
    need('legal.name', draft.legal.name)
    if (draft.legal.inn) needInn('legal.inn', draft.legal.inn)
    else found.set('legal.inn', 'required')
    if (draft.legal.kpp && !/^\d{9}$/.test(draft.legal.kpp)) found.set('legal.kpp', 'kppWrong')
  }
  if (draft.withTerminal) {
    needCode('terminal.code', draft.terminal.code)
    need('terminal.name', draft.terminal.name)
    if (draft.terminal.inn) needInn('terminal.inn', draft.terminal.inn)
  }
  return found
}

/** What the server says about one field; its place ends in the name of the field: `sites cafe-7 hours`. */
export const remarkOn = (report: ImportReport | undefined, field: string): BilingualText | null =>
  report?.problems.find(problem => problem.where.split(' ')[2] === field)?.message ?? null
