import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { DailyView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { formatDeviceDate } from '../../format.ts'
import { factName } from '../../i18n/fact-values.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { Ago } from '../../widgets/moment.tsx'
import {
  type ClientGroup,
  groupDay,
  LACKS,
  type SiteGroup,
  type UncheckedRegister,
  whyUnchecked,
} from './day-groups.ts'

/** Registers of a site that are named at once. */
const NAMED = 5

function Why({ register }: { register: UncheckedRegister }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const why = whyUnchecked(register)
  const lacks = register.lacks.map(fact =>
    Object.hasOwn(LACKS, fact) ? t(`day.lacks.${LACKS[fact as keyof typeof LACKS]}`) : factName(fact, language),
  )
  return (
    <>
      {t(`day.why.${why}`)}
      {why === 'silent' && register.heardAt ? (
        <>
          , {t('day.heard')} <Ago at={register.heardAt} />
        </>
      ) : null}
      {why === 'part' ? `: ${lacks.join(', ')}` : null}
    </>
  )
}

function Register({ register }: { register: UncheckedRegister }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { checkedTo } = register
  return (
    <li>
      <Group gap="xs">
        <Link href={`/terminals/${encodeURIComponent(register.agentId)}`}>
          {register.terminal ?? register.serial ?? register.agentId}
        </Link>
        {register.terminal && register.serial ? <span className="tw-dim">{register.serial}</span> : null}
        {register.missed ? (
          <Badge variant="light" color="red" size="sm" tt="none" fw={500}>
            {t('day.missedBadge')}
          </Badge>
        ) : null}
      </Group>
      <div className="tw-dim tw-wrap">
        <Why register={register} />
        {checkedTo ? ` · ${t('day.lastFull', { date: formatDeviceDate(language, checkedTo) })}` : null}
      </div>
    </li>
  )
}

function Registers({ registers }: { registers: readonly UncheckedRegister[] }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const shown = all ? registers : registers.slice(0, NAMED)
  const rest = registers.length - shown.length
  return (
    <>
      <ul className="tw-plain tw-small">
        {shown.map(register => (
          <Register key={register.itemId} register={register} />
        ))}
      </ul>
      {rest > 0 ? (
        <Button variant="subtle" size="compact-sm" mt={4} onClick={() => setAll(true)}>
          {t('day.more', { count: rest })}
        </Button>
      ) : null}
    </>
  )
}

function Site({ group: { site, registers } }: { group: SiteGroup }) {
  const { t } = useTranslation()
  return (
    <li>
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Text fw={500}>{site.name}</Text>
          {site.open ? null : (
            <Badge variant="light" color="gray" size="sm" tt="none" fw={500}>
              {t('day.closed')}
            </Badge>
          )}
        </Group>
        <span className="tw-dim tw-small">{t('day.share', site)}</span>
      </Group>
      <Registers registers={registers} />
    </li>
  )
}

function Client({ group: { client, sites, doneSites } }: { group: ClientGroup }) {
  const { t } = useTranslation()
  return (
    <Paper component="section" aria-label={client.name}>
      <Group justify="space-between" gap="xs" mb={4}>
        <Title order={3} className="tw-wrap">
          {client.name}
        </Title>
        <span className="tw-dim">{t('day.share', client)}</span>
      </Group>
      <ul className="tw-list">
        {sites.map(group => (
          <Site key={group.site.code} group={group} />
        ))}
      </ul>
      {doneSites > 0 ? (
        <Text c="dimmed" fz="sm" mt="xs">
          {t('day.otherSites', { count: doneSites })}
        </Text>
      ) : null}
    </Paper>
  )
}

/** Registers without a full set today by client and site, and why; then the clients that are done. */
export function Unchecked({ view }: { view: DailyView }) {
  const { t } = useTranslation()
  const { behind, done, homeless } = groupDay(view)
  return (
    <Stack gap="sm">
      {view.uncheckedTotal > 0 ? <Title order={2}>{t('day.uncheckedTitle')}</Title> : null}
      {view.uncheckedTotal > view.unchecked.length ? (
        <Text c="dimmed" fz="sm">
          {t('day.cut', { shown: view.unchecked.length, total: view.uncheckedTotal })}
        </Text>
      ) : null}
      {behind.map(group => (
        <Client key={group.client.code} group={group} />
      ))}
      {homeless.length > 0 ? (
        <Paper component="section" aria-label={t('day.noSite')}>
          <Title order={3}>{t('day.noSite')}</Title>
          <Text c="dimmed" fz="sm">
            {t('day.noSiteHint')}
          </Text>
          <Registers registers={homeless} />
        </Paper>
      ) : null}
      {done.length > 0 ? (
        <Paper component="section" aria-label={t('day.doneTitle')}>
          <Title order={3}>{t('day.doneTitle')}</Title>
          <ul className="tw-plain tw-small">
            {done.map(client => (
              <li key={client.code}>
                {client.name} <span className="tw-dim">· {t('day.registers', { count: client.registers })}</span>
              </li>
            ))}
          </ul>
        </Paper>
      ) : null}
    </Stack>
  )
}
