import type { Bilingual } from '@tillwatch/rules'

/** One new outlet on the morning of a day. */
export interface LaunchedSite {
  readonly name: string
  /** Last day of its launch, `YYYY-MM-DD`. */
  readonly lastDay: string
  readonly registers: number
  /** Registers whose daily set was full yesterday. */
  readonly checked: number
  readonly openIncidents: number
  /** Errors of configuration found since its launch began, in words; solved ones too. */
  readonly findings: readonly Bilingual[]
}

/** Findings named for a site; the portal has them all. */
const NAMED_MAX = 10

/** The morning's word on the new outlets of one client. */
export function launchSummary(client: string, sites: readonly LaunchedSite[]): { subject: Bilingual; text: Bilingual } {
  return {
    subject: { ru: `Новые объекты: ${client}`, en: `New outlets: ${client}` },
    text: {
      ru: sites.map(russian).join('\n\n'),
      en: sites.map(english).join('\n\n'),
    },
  }
}

const listed = (findings: readonly Bilingual[], language: keyof Bilingual): string =>
  findings
    .slice(0, NAMED_MAX)
    .map(finding => `\n- ${finding[language]}`)
    .join('')

const russian = ({ name, lastDay, registers, checked, openIncidents, findings }: LaunchedSite): string =>
  [
    `${name}, запуск до ${lastDay}`,
    `Касс: ${registers}, вчера проверены полностью: ${checked}, заявок в работе: ${openIncidents}.`,
    findings.length > 0 ? `Ошибки настройки (${findings.length}):${listed(findings, 'ru')}` : 'Ошибок настройки нет.',
  ].join('\n')

const english = ({ name, lastDay, registers, checked, openIncidents, findings }: LaunchedSite): string =>
  [
    `${name}, launch until ${lastDay}`,
    `Registers: ${registers}, checked in full yesterday: ${checked}, open incidents: ${openIncidents}.`,
    findings.length > 0
      ? `Errors of configuration (${findings.length}):${listed(findings, 'en')}`
      : 'No errors of configuration.',
  ].join('\n')
