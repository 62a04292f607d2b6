import { Paper, Stack, Text, Title } from '@mantine/core'
import type { AgreementsView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { limitText } from '../../span-text.ts'
import { Moment } from '../../widgets/moment.tsx'

type Policy = AgreementsView['policies'][number]
type Limit = Policy['rows'][number]['reaction']

/** What is wrong with the files and what is missing beside them. */
export function Findings({ agreements }: { agreements: AgreementsView }) {
  const { t } = useTranslation()
  const pick = usePick()
  const { refused, findings } = agreements
  return (
    <>
      {refused.length > 0 ? (
        <div className="tw-note" data-tone="red" role="alert">
          <Text fw={500}>{t('agreements.refused')}</Text>
          <ul className="tw-bullets">
            {refused.map(problem => (
              <li key={problem} className="tw-wrap">
                {problem}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {findings.length > 0 ? (
        <div className="tw-note" data-tone="yellow">
          <Text fw={500}>{t('agreements.findings')}</Text>
          <ul className="tw-bullets">
            {findings.map(finding => (
              <li key={finding.en} className="tw-wrap">
                {pick(finding)}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  )
}

function LimitText({ limit, policy, agreements }: { limit: Limit; policy: Policy; agreements: AgreementsView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const pick = usePick()
  const other = limit.calendar === policy.calendar ? null : calendarTitle(agreements, limit.calendar)
  const dayMs = dayOf(agreements, limit.calendar)
  return (
    <>
      {limitText(language, limit.limitMs, dayMs)}
      {limit.targetMs === null ? null : (
        <span className="tw-dim">
          {' '}
          · {t('agreements.target', { time: limitText(language, limit.targetMs, dayMs) })}
        </span>
      )}
      {other ? <div className="tw-dim tw-small">{pick(other)}</div> : null}
    </>
  )
}

const calendarTitle = ({ calendars }: AgreementsView, id: string) =>
  calendars.find(each => each.id === id)?.title ?? { ru: id, en: id }

const ROW_KEYS = { 1: 'p1', 2: 'p2', 3: 'p3', 4: 'p4', mass: 'mass', critical: 'critical' } as const
const rowKeyOf = (row: string) => ROW_KEYS[row as keyof typeof ROW_KEYS]

const DAY_MS = 24 * 3_600_000
const dayOf = ({ calendars }: AgreementsView, id: string): number =>
  calendars.find(each => each.id === id)?.dayMs ?? DAY_MS

function Rows({ policy, agreements }: { policy: Policy; agreements: AgreementsView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const pick = usePick()
  return (
    <div style={{ overflowX: 'auto' }}>
      <table className="tw-table tw-stacked">
        <thead>
          <tr>
            <th scope="col">{t('agreements.row')}</th>
            <th scope="col">{t('agreements.reaction')}</th>
            <th scope="col">{t('agreements.solution')}</th>
            <th scope="col">{t('agreements.milestones')}</th>
          </tr>
        </thead>
        <tbody>
          {policy.rows.map(row => (
            <tr key={row.row}>
              <td>
                <b>{t(`agreements.rows.${rowKeyOf(row.row)}`)}</b>
              </td>
              <td data-label={t('agreements.reaction')}>
                <LimitText limit={row.reaction} policy={policy} agreements={agreements} />
              </td>
              <td data-label={t('agreements.solution')}>
                {row.solution ? (
                  <LimitText limit={row.solution} policy={policy} agreements={agreements} />
                ) : (
                  <span className="tw-dim">{t('agreements.noSolution')}</span>
                )}
              </td>
              <td data-label={t('agreements.milestones')}>
                {row.milestones.length === 0
                  ? '—'
                  : row.milestones.map(({ name, limitMs, calendar }) => (
                      <div key={name.en}>
                        {pick(name)}: {limitText(language, limitMs, dayOf(agreements, calendar))}
                      </div>
                    ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The policies in force: for whom, by which calendar, which times. */
export function Policies({ agreements }: { agreements: AgreementsView }) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <Stack>
      {agreements.policies.map(policy => (
        <Paper key={policy.id} component="section" aria-label={pick(policy.title)}>
          <Title order={2}>{pick(policy.title)}</Title>
          <Text fz="sm" c="dimmed" mb="sm">
            {policy.id} · {t('agreements.calendar')}: {pick(calendarTitle(agreements, policy.calendar))} ·{' '}
            {t('agreements.scope')}: {policy.scope.map(pick).join('; ') || t('agreements.byContract')}
          </Text>
          <Rows policy={policy} agreements={agreements} />
        </Paper>
      ))}
      <Text fz="sm" c="dimmed">
        {t('agreements.loadedAt')} <Moment at={agreements.loadedAt} />
      </Text>
    </Stack>
  )
}

/** The calendars in force and the years whose holidays they know. */
export function Calendars({ agreements }: { agreements: AgreementsView }) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <Stack>
      {agreements.calendars.map(({ id, title, zone, years, hasHolidays }) => (
        <Paper key={id} component="section" aria-label={pick(title)}>
          <Title order={2}>{pick(title)}</Title>
          <dl className="tw-details">
            <dt>{t('agreements.zone')}</dt>
            <dd>{zone === 'site' ? t('agreements.siteZone') : zone}</dd>
            <dt>{t('agreements.years')}</dt>
            <dd>{hasHolidays ? years.join(', ') || t('agreements.noYears') : t('agreements.noHolidays')}</dd>
          </dl>
        </Paper>
      ))}
    </Stack>
  )
}
