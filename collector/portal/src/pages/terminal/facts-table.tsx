import { Badge, Paper, Text, Tooltip } from '@mantine/core'
import type { TerminalView } from '@tillwatch/shared/api'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { FACT_GROUPS, factGroup, factText, isInstant } from '../../fact-text.ts'
import { factName, reasonWord } from '../../i18n/fact-values.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { Ago, Moment } from '../../widgets/moment.tsx'
import { useValueWords } from '../../words.ts'

type Fact = TerminalView['items'][number]['facts'][number]

/** Closed list of the wire; a source of tomorrow is shown as it is. */
const SOURCE_KEYS = ['register', 'driver_service', 'pos_api', 'log', 'ofd', 'host', 'agent', 'collector'] as const

function Source({ source }: { source: string }) {
  const { t } = useTranslation()
  const known = SOURCE_KEYS.find(key => key === source)
  return <>{known ? t(`terminal.sources.${known}`) : source}</>
}

function Value({ fact, timeZone }: { fact: Fact; timeZone: string | undefined }) {
  const language = useLanguage()
  const words = useValueWords()
  if (isInstant(fact.value)) return <Moment at={fact.value} timeZone={timeZone} withZone />
  return <>{factText(fact.name, fact.value, language, words)}</>
}

/** Its raw value says of which drive it is, and is no code. */
const DRIVE_SEEN = 'fiscal.drive.activated_on'

function FactRow({ fact, timeZone }: { fact: Fact; timeZone: string | undefined }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const words = useValueWords()
  const unknown = fact.value === null && fact.reason !== undefined
  return (
    <tr>
      <th scope="row" title={fact.name}>
        {factName(fact.name, language)}
      </th>
      <td>
        <span className={unknown ? 'tw-dim tw-wrap' : 'tw-wrap'}>
          {unknown ? (
            `${words.unknown}: ${reasonWord(fact.reason ?? '', language)}`
          ) : (
            <Value fact={fact} timeZone={timeZone} />
          )}
        </span>
        {!unknown && fact.reason ? <span className="tw-dim"> ({reasonWord(fact.reason, language)})</span> : null}
        {fact.raw === undefined || fact.name === DRIVE_SEEN ? null : (
          <Text span fz="xs" c="dimmed" ml={8} ff="monospace">
            {t('terminal.rawCode', { code: String(fact.raw) })}
          </Text>
        )}
      </td>
      <td className="tw-fact-source tw-dim">
        <Source source={fact.source} />
      </td>
      <td className="tw-fact-age tw-dim">
        <Ago at={fact.at} timeZone={timeZone} />
        {fact.stale ? (
          <Tooltip label={t('terminal.staleHint')}>
            <Badge size="xs" variant="light" color="yellow" ml={6} tt="none">
              {t('terminal.stale')}
            </Badge>
          </Tooltip>
        ) : null}
      </td>
    </tr>
  )
}

/** What can be switched off is offered where it is switched. */
const CHECKS = 'agent.checks'

/** Every fact of an item with its value, where it came from and how old it is. */
export function FactsTable({ facts, timeZone }: { facts: readonly Fact[]; timeZone: string | undefined }) {
  const { t } = useTranslation()
  if (facts.length === 0) {
    return (
      <Paper>
        <Text c="dimmed">{t('terminal.noFacts')}</Text>
      </Paper>
    )
  }
  return (
    <Paper p={0}>
      <table className="tw-table tw-facts" aria-label={t('terminal.facts')}>
        <thead>
          <tr>
            <th scope="col">{t('terminal.fact')}</th>
            <th scope="col">{t('terminal.value')}</th>
            <th scope="col">{t('terminal.source')}</th>
            <th scope="col">{t('terminal.age')}</th>
          </tr>
        </thead>
        <tbody>
          {FACT_GROUPS.map(group => {
            const rows = facts.filter(fact => factGroup(fact.name) === group && fact.name !== CHECKS)
            if (rows.length === 0) return null
            return (
              <Fragment key={group}>
                <tr className="tw-group">
                  <td colSpan={4}>{t(`terminal.groups.${group}`)}</td>
                </tr>
                {rows.map(fact => (
                  <FactRow key={fact.name} fact={fact} timeZone={timeZone} />
                ))}
              </Fragment>
            )
          })}
        </tbody>
      </table>
    </Paper>
  )
}
